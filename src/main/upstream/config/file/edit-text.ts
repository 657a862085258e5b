import { applyEdits, findNodeAtLocation } from 'jsonc-parser';
import { hasJson, removeJson, rootOf, setJson } from '../../../config-text/edit-json';

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
    const isThere = hasJson(now, whole);
    if (value !== undefined) return setJson(now, whole, value);
    return isThere ? removeJson(now, whole) : now;
  }, text);
}

/** Adds an entry as literal text, comments and all. @param index - its position among the entries; last when left out */
export function insertEntry(text: string, name: string, entryText: string, index?: number): string {
  const placed = setJson(text, [SERVERS, name], PLACEHOLDER, index);
  return placed.replace(JSON.stringify(PLACEHOLDER), () => entryText);
}

export const removeEntry = (text: string, name: string): string => removeJson(text, [SERVERS, name]);

/** Renames an entry without moving it. */
export function renameEntry(text: string, name: string, newName: string): string {
  const key = findNodeAtLocation(rootOf(text), [SERVERS, name])?.parent?.children?.[0];
  if (!key) return text;
  return applyEdits(text, [{ offset: key.offset, length: key.length, content: JSON.stringify(newName) }]);
}
