import {
  applyEdits,
  findNodeAtLocation,
  type JSONPath,
  type ModificationOptions,
  modify,
  parseTree,
} from 'jsonc-parser';

const SERVERS = 'mcpServers';
const EMPTY_FILE = '{\n  "mcpServers": {}\n}\n';
const PLACEHOLDER = '§holdfast§';

/** Fields of an entry to set; undefined removes one. Fields that are not named stay as they are. */
export type FieldChanges = readonly (readonly [path: readonly string[], value: unknown])[];

/*
 * Edits of the text of servers.json. They touch only what they change: the formatting, the comments and the keys that
 * Holdfast does not know stay as their writer left them.
 */

/** The text, or that of a file without servers where there is none. */
export const orEmptyFile = (text: string | null): string => (text === null || text.trim() === '' ? EMPTY_FILE : text);

/** Sets fields of an entry, and makes the entry when it is not there. */
export function setFields(text: string, name: string, changes: FieldChanges): string {
  return changes.reduce((now, [path, value]) => {
    const whole = [SERVERS, name, ...path];
    const isThere = findNodeAtLocation(rootOf(now), whole) !== undefined;
    return value === undefined && !isThere ? now : set(now, whole, value);
  }, text);
}

/** Adds an entry whose text is given, comments and all. @param index - its place among the entries; the last when left out */
export function insertEntry(text: string, name: string, entryText: string, index?: number): string {
  const placed = set(text, [SERVERS, name], PLACEHOLDER, index);
  return placed.replace(JSON.stringify(PLACEHOLDER), () => entryText);
}

export const removeEntry = (text: string, name: string): string => set(text, [SERVERS, name], undefined);

/** Gives an entry another name, in its place. */
export function renameEntry(text: string, name: string, newName: string): string {
  const key = findNodeAtLocation(rootOf(text), [SERVERS, name])?.parent?.children?.[0];
  if (!key) return text;
  return applyEdits(text, [{ offset: key.offset, length: key.length, content: JSON.stringify(newName) }]);
}

function set(text: string, path: JSONPath, value: unknown, index?: number): string {
  const options: ModificationOptions = {
    formattingOptions: formattingOf(text),
    ...(index === undefined ? {} : { getInsertionIndex: (keys) => Math.min(index, keys.length) }),
  };
  return applyEdits(text, modify(text, path, value, options));
}

const rootOf = (text: string) => {
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (!root) throw new Error('only a text that was read before is edited');
  return root;
};

/** How the writer of the file indents. */
function formattingOf(text: string): NonNullable<ModificationOptions['formattingOptions']> {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  return { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 1 : indent.length, eol };
}
