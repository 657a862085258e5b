import {
  applyEdits,
  createScanner,
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
    if (value !== undefined) return set(now, whole, value);
    return isThere ? remove(now, whole) : now;
  }, text);
}

/** Adds an entry whose text is given, comments and all. @param index - its place among the entries; the last when left out */
export function insertEntry(text: string, name: string, entryText: string, index?: number): string {
  const placed = set(text, [SERVERS, name], PLACEHOLDER, index);
  return placed.replace(JSON.stringify(PLACEHOLDER), () => entryText);
}

export const removeEntry = (text: string, name: string): string => remove(text, [SERVERS, name]);

/** Gives an entry another name, in its place. */
export function renameEntry(text: string, name: string, newName: string): string {
  const key = findNodeAtLocation(rootOf(text), [SERVERS, name])?.parent?.children?.[0];
  if (!key) return text;
  return applyEdits(text, [{ offset: key.offset, length: key.length, content: JSON.stringify(newName) }]);
}

function set(text: string, path: JSONPath, value: unknown, index?: number): string {
  const options: ModificationOptions = {
    formattingOptions: { ...formattingOf(text), keepLines: true },
    ...(index === undefined ? {} : { getInsertionIndex: (keys) => Math.min(index, keys.length) }),
  };
  return applyEdits(text, modify(text, path, value, options));
}

/**
 * Takes a property out, with the comma that it needs no more and the lines that it leaves empty. The library's own removal
 * leaves a comma too many behind where the last property has one.
 */
function remove(text: string, path: JSONPath): string {
  const property = findNodeAtLocation(rootOf(text), path)?.parent;
  if (!property) return text;
  const propertyEnd = property.offset + property.length;
  const comma = tokenAfter(text, propertyEnd, ',');
  const before = text.slice(0, property.offset);
  // Alone on its lines, it takes them with it, and the comment behind it.
  const isAlone = /(?:^|\n)[ \t]*$/.test(before);
  let end = comma === null ? propertyEnd : comma + 1;
  const restOfLine = /^[ \t]*(?:\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end));
  if (isAlone && restOfLine) end += restOfLine[0].length;
  const start = isAlone && restOfLine ? before.replace(/\r?\n?[ \t]*$/, '').length : property.offset;
  if (comma !== null) return text.slice(0, start) + text.slice(end);
  const siblings = property.parent?.children ?? [];
  const previous = siblings[siblings.indexOf(property) - 1];
  const left = previous ? tokenAfter(text, previous.offset + previous.length, ',') : null;
  if (left === null) return text.slice(0, start) + text.slice(end);
  return text.slice(0, left) + text.slice(left + 1, Math.max(start, left + 1)) + text.slice(end);
}

/** Where the next token begins, if it is this one. */
function tokenAfter(text: string, offset: number, token: string): number | null {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text.startsWith(token, at) ? at : null;
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
