import {
  applyEdits,
  createScanner,
  type FormattingOptions,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type Node,
  parseTree,
} from 'jsonc-parser';

const SERVERS = 'mcpServers';
const EMPTY_FILE = '{\n  "mcpServers": {}\n}\n';
const PLACEHOLDER = '§holdfast§';

/** Fields of an entry to set, by path; `undefined` removes one. All other fields stay as they are. */
export type FieldChanges = readonly (readonly [path: readonly string[], value: unknown])[];

/*
 * These functions edit the text of servers.json and touch only what they change: formatting, comments and keys unknown to
 * Holdfast stay as the user wrote them.
 */

/** The text itself, or that of a file without servers when it is missing or blank. */
export const orEmptyFile = (text: string | null): string => (text === null || text.trim() === '' ? EMPTY_FILE : text);

/** Sets fields of an entry, creating the entry if it does not exist. */
export function setFields(text: string, name: string, changes: FieldChanges): string {
  return changes.reduce((now, [path, value]) => {
    const whole = [SERVERS, name, ...path];
    const isThere = findNodeAtLocation(rootOf(now), whole) !== undefined;
    if (value !== undefined) return set(now, whole, value);
    return isThere ? remove(now, whole) : now;
  }, text);
}

/** Adds an entry as literal text, comments and all. @param index - its position among the entries; last when left out */
export function insertEntry(text: string, name: string, entryText: string, index?: number): string {
  const placed = set(text, [SERVERS, name], PLACEHOLDER, index);
  return placed.replace(JSON.stringify(PLACEHOLDER), () => entryText);
}

export const removeEntry = (text: string, name: string): string => remove(text, [SERVERS, name]);

/** Renames an entry without moving it. */
export function renameEntry(text: string, name: string, newName: string): string {
  const key = findNodeAtLocation(rootOf(text), [SERVERS, name])?.parent?.children?.[0];
  if (!key) return text;
  return applyEdits(text, [{ offset: key.offset, length: key.length, content: JSON.stringify(newName) }]);
}

function set(text: string, path: JSONPath, value: unknown, index?: number): string {
  const root = rootOf(text);
  const parent = findNodeAtLocation(root, path.slice(0, -1));
  if (!parent) return set(text, path.slice(0, -1), { [String(path.at(-1))]: value }, index);
  const siblings = parent.type === 'object' ? (parent.children ?? []) : [];
  if (siblings.length > 0 && !findNodeAtLocation(root, path)) {
    return insert(text, siblings, [String(path.at(-1)), value], index ?? siblings.length);
  }
  return applyEdits(text, modify(text, path, value, { formattingOptions: { ...formattingOf(text), keepLines: true } }));
}

/**
 * Inserts a property among its siblings, on its own line if they have theirs. jsonc-parser's own insertion reformats the
 * neighbours and moves a comment that follows the last comma.
 */
function insert(text: string, siblings: readonly Node[], [key, value]: [string, unknown], index: number): string {
  const [first] = siblings as [Node, ...Node[]];
  const { unit, eol } = formattingOf(text);
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, first.offset))?.[1] ?? null;
  const shown =
    indent === null ? JSON.stringify(value) : JSON.stringify(value, null, unit).replaceAll('\n', eol + indent);
  const property = `${JSON.stringify(key)}: ${shown}`;
  const gap = indent === null ? ' ' : eol + indent;
  const previous = siblings[Math.min(index, siblings.length) - 1];
  if (!previous) return `${text.slice(0, first.offset)}${property},${gap}${text.slice(first.offset)}`;
  const end = previous.offset + previous.length;
  const comma = tokenAfter(text, end, ',');
  const after = comma === null ? end : comma + 1;
  const place = after + (indent === null ? 0 : commentBehind(text, after));
  const before = comma === null ? `${text.slice(0, end)},${text.slice(end, place)}` : text.slice(0, place);
  return `${before}${gap}${property}${comma === null ? '' : ','}${text.slice(place)}`;
}

/** Length of the rest of this line if it is blank or a comment; 0 if anything else follows. */
const commentBehind = (text: string, offset: number): number =>
  /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)?[ \t]*(?=\r?\n|$)/.exec(text.slice(offset))?.[0].length ?? 0;

/**
 * Removes a property, its comma and the lines it would leave empty. jsonc-parser's own removal leaves a stray comma if the
 * last property has a trailing one.
 */
function remove(text: string, path: JSONPath): string {
  const property = findNodeAtLocation(rootOf(text), path)?.parent;
  if (!property) return text;
  const propertyEnd = property.offset + property.length;
  const comma = tokenAfter(text, propertyEnd, ',');
  const before = text.slice(0, property.offset);
  // If nothing else shares its lines, they go too, along with a comment at the end.
  const isAlone = /(?:^|\n)[ \t]*$/.test(before);
  let end = comma === null ? propertyEnd : comma + 1;
  const endsLine = /^(?:[^\S\r\n]|\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/)*(?=\r?\n|$)/.test(text.slice(end));
  if (isAlone && endsLine) end += commentBehind(text, end);
  const start = isAlone && endsLine ? before.replace(/\r?\n?[ \t]*$/, '').length : property.offset;
  if (comma !== null) return text.slice(0, start) + text.slice(end);
  const siblings = property.parent?.children ?? [];
  const previous = siblings[siblings.indexOf(property) - 1];
  const left = previous ? tokenAfter(text, previous.offset + previous.length, ',') : null;
  if (left === null) return text.slice(0, start) + text.slice(end);
  return text.slice(0, left) + text.slice(left + 1, Math.max(start, left + 1)) + text.slice(end);
}

/** Offset of the next token, comments skipped, if it is `token`; otherwise null. */
function tokenAfter(text: string, offset: number, token: string): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text.startsWith(token, at) ? at : null;
}

const rootOf = (text: string) => {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) throw new Error('only text that parses can be edited');
  return root;
};

/** The indentation and line ends that the file uses. */
function formattingOf(text: string): FormattingOptions & { unit: string; eol: string } {
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const isTabs = unit.startsWith('\t');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { unit, insertSpaces: !isTabs, tabSize: isTabs ? 1 : unit.length, eol };
}
