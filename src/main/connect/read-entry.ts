import { isDeepStrictEqual } from 'node:util';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { LISTED_AS } from './connect-target';
import type { EntryFormat, EntryValue } from './entry-format';
import { isRecord } from './is-record';
import { jsonFormat } from './json-entry';
import type { Setting } from './known-clients';
import { readSnapshot, type Snapshot } from './settings-file';
import { tomlFormat } from './toml-entry';

const FORMATS: Readonly<Record<Setting['format'], EntryFormat>> = { json: jsonFormat, toml: tomlFormat };

/**
 * Reads a client's file and finds Holdfast's entry in it.
 * @throws HoldfastError `settings_left_alone` with a sentence that names file and line
 */
export function readEntry(setting: Setting) {
  const snapshot = readSnapshot(setting.file);
  const format = FORMATS[setting.format];
  const value = safely(snapshot, () => format.parse(snapshot.text));
  const path = setting.path(snapshot.text);
  let entry: unknown = value;
  for (const [at, name] of path.entries()) {
    if (entry === undefined) break;
    if (!isRecord(entry))
      throw leftAlone(said('said.settings_file.no_object', { file: snapshot.file, name: path[at - 1] ?? '' }));
    entry = Object.hasOwn(entry, name) ? entry[name] : undefined;
  }
  return { snapshot, format, value, path, entry };
}

/** A client's file as it was read, with the entry of Holdfast, if it has one. */
export type FoundEntry = ReturnType<typeof readEntry>;

/** The entries beside that of Holdfast. */
export function ownEntriesIn({ value, path }: FoundEntry): Record<string, unknown> {
  const { [LISTED_AS]: _, ...own } = sectionIn(value, path);
  return own;
}

/** The object that holds the entries, at a path that leads to one of them. Empty when it is not there. */
export function sectionIn(value: unknown, path: readonly string[]): Record<string, unknown> {
  const section = path.slice(0, -1).reduce((inner, name) => (isRecord(inner) ? inner[name] : undefined), value);
  return isRecord(section) ? section : {};
}

const leftAlone = (message: string, cause?: unknown) =>
  new HoldfastError('settings_left_alone', message, cause === undefined ? {} : { cause });

/** Runs something that reads the file's text; what it throws becomes a sentence that names the file and line. */
export function safely<T>({ file }: Snapshot, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw leftAlone(said('said.settings_file.nested', { file }), error);
    throw leftAlone(`${file}:${(error as Error).message}`, error);
  }
}

/** A name that is there twice, or an unusual way to write an entry, would change more or less than it should. */
export function requireOnly({ file }: Snapshot, format: EntryFormat, after: string, expected: unknown): void {
  let result: unknown;
  try {
    result = format.parse(after);
  } catch {
    result = undefined;
  }
  if (plain(result) === plain(expected) || isDeepStrictEqual(result, expected)) return;
  throw leftAlone(said('said.settings_file.unusual', { file }));
}

const plain = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return `${one}n`;
    return isRecord(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one;
  });

/** A value with an entry at a path, or without the one that is there. */
export function withEntry(
  value: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  entry: EntryValue | undefined,
): Record<string, unknown> {
  const { [name]: inner, ...others } = value;
  if (rest.length > 0) return { ...others, [name]: withEntry(isRecord(inner) ? inner : {}, rest, entry) };
  return entry === undefined ? others : { ...others, [name]: entry };
}
