const GROUP = '[Desktop Entry]';
/** Characters that an argument may have without quotes in every reader of such files. */
const PLAIN = /^[\w@:%,./+=-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether text can stand in an `Exec` line at all: a line has no way to hold control characters. */
export const isWritable = (text: string): boolean => !CONTROL.test(text);

/**
 * Arguments as the value of an `Exec` line: quoted as the Desktop Entry Specification 1.5 says in "The Exec key", then
 * escaped as it says of values of type string. A percent sign is doubled, so that it is no field code.
 */
export const execValue = (args: readonly string[]): string => args.map(quoted).join(' ');

function quoted(arg: string): string {
  const text = arg.replaceAll('%', '%%');
  if (PLAIN.test(text)) return text;
  return stringValue(`"${text.replace(/["`$\\]/g, '\\$&')}"`);
}

/** Text as a value of type string. */
export const stringValue = (text: string): string => text.replaceAll('\\', '\\\\');

/** The values of the main group of a desktop entry, as they are written; null if it has no such group. */
export function entryValues(text: string): ReadonlyMap<string, string> | null {
  const values = new Map<string, string>();
  let group = '';
  let isFound = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('[')) group = line.trim();
    if (group !== GROUP) continue;
    isFound = true;
    const [, key, value] = /^([A-Za-z0-9-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined && !values.has(key)) values.set(key, value.trimEnd());
  }
  return isFound ? values : null;
}

/** The text of a desktop entry with new values for keys that its main group has; everything else stays as it is. */
export function withValues(text: string, changed: Readonly<Record<string, string>>): string {
  let group = '';
  const lines = text.split('\n').map((line) => {
    if (line.startsWith('[')) group = line.trim();
    const key = /^([A-Za-z0-9-]+)\s*=/.exec(line)?.[1];
    const value = key !== undefined && Object.hasOwn(changed, key) ? changed[key] : undefined;
    return group === GROUP && value !== undefined ? `${key}=${value}` : line;
  });
  return lines.join('\n');
}

/** The arguments that an `Exec` value stands for, without its field codes; null if it is not valid. */
export function execArguments(value: string): string[] | null {
  const text = value.replace(/\\(.)/g, (whole, letter) => STRING_ESCAPES[letter] ?? whole);
  const args: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    const [whole = '', inner] = /^"((?:[^"\\]|\\[\s\S])*)"(?=[ \t]|$)|^[^ \t"]+(?=[ \t]|$)/.exec(text.slice(at)) ?? [];
    if (whole === '') return null;
    at += whole.length;
    const arg = inner === undefined ? whole : inner.replace(/\\(["`$\\])/g, '$1');
    if (inner === undefined && /^%[^%]$/.test(arg)) continue;
    args.push(arg.replaceAll('%%', '%'));
  }
  return args;
}

const STRING_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\', s: ' ', n: '\n', t: '\t', r: '\r' };
