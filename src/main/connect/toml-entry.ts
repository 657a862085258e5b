import { parse, TomlError } from 'smol-toml';
import { said } from '../../shared/messages/said';
import type { EntryFormat } from './entry-format';
import { isRecord } from './is-record';

/**
 * TOML, edited by lines: only tables of our own are touched. Other ways to write an entry, such as inline tables, are left
 * alone; the caller compares what the result says with what it should say.
 */
export const tomlFormat: EntryFormat = {
  parse(text) {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof TomlError)) throw error;
      const [what = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
      throw new Error(`${error.line}: ${said('said.toml.invalid', { reason: what })}`);
    }
  },
  set(text, path, { entry, removed }) {
    const eol = text.includes('\r\n') ? '\r\n' : '\n';
    const fields = Object.entries(entry).map(([name, value]) => `${name} = ${written(value)}${eol}`);
    const lines = linesOf(text);
    const [own] = tablesOf(lines, path).filter(({ rest }) => rest.length === 0);
    if (!own) {
      const gap = text.trim() === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
      return `${text}${gap}[${path.join('.')}]${eol}${fields.join('')}`;
    }
    const replaced = new Set([...Object.keys(entry), ...removed]);
    const gone = new Set<number>();
    for (const { rest, start, end } of tablesOf(lines, path)) {
      const isReplaced = rest[0] !== undefined && replaced.has(rest[0]);
      for (let at = start; at < end; at += 1) {
        const field = rest.length === 0 && at > start ? (/^\s*([\w-]+)\s*[=.]/.exec(lines[at] ?? '')?.[1] ?? '') : '';
        if (isReplaced || replaced.has(field)) gone.add(at);
      }
    }
    const header = lines[own.start]?.endsWith('\n') ? lines[own.start] : `${lines[own.start]}${eol}`;
    return lines
      .map((line, at) => (at === own.start ? `${header}${fields.join('')}` : gone.has(at) ? '' : line))
      .join('');
  },
  remove(text, path) {
    const lines = linesOf(text);
    const tables = tablesOf(lines, path);
    const gone = new Set<number>();
    for (const { start, end } of tables) {
      for (let at = start; at < end; at += 1) gone.add(at);
      // The blank line before the table came with it.
      if (start > 0 && lines[start - 1]?.trim() === '') gone.add(start - 1);
    }
    return lines.filter((_, at) => !gone.has(at)).join('');
  },
};

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

interface Table {
  /** Names behind our own path: empty for the table itself. */
  readonly rest: readonly string[];
  readonly start: number;
  /** Line after its last one that is neither blank nor a comment. */
  readonly end: number;
}

/** The tables at and below a path. */
function tablesOf(lines: readonly string[], path: readonly string[]): Table[] {
  const headers = lines.flatMap((line, start) => {
    const inside = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/.exec(line.trimEnd())?.[1];
    if (inside !== undefined) return [{ start, names: inside.split('.').map((name) => unquoted(name.trim())) }];
    return /^\s*\[/.test(line) ? [{ start, names: [] }] : [];
  });
  return headers.flatMap(({ start, names }, index) => {
    if (!path.every((name, at) => names[at] === name)) return [];
    let end = headers[index + 1]?.start ?? lines.length;
    while (end > start + 1 && /^\s*(?:#.*)?$/.test((lines[end - 1] ?? '').trimEnd())) end -= 1;
    return [{ rest: names.slice(path.length), start, end }];
  });
}

const unquoted = (name: string): string => name.replace(/^(["'])(.*)\1$/, '$2');

/** A value as TOML. JSON's texts are valid basic strings. */
function written(value: unknown): string {
  if (!isRecord(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([name, one]) => `${name} = ${written(one)}`)
    .join(', ')} }`;
}
