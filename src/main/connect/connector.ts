import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { HoldfastError } from '../../shared/errors';
import type { ClientPlaces } from '../platform/client-files';
import { type ConnectTarget, NO_KEY_YET } from './connect-target';
import { ConnectionRecords } from './connection-record';
import { difference } from './difference';
import type { EntryFormat } from './entry-format';
import { isRecord } from './is-record';
import { jsonFormat } from './json-entry';
import type { EntryValue, KnownClient, Setting } from './known-clients';
import {
  bytesOf,
  hashOf,
  readSnapshot,
  removeFile,
  replaceFile,
  requireUnchanged,
  requireWritable,
  type Snapshot,
} from './settings-file';
import { tomlFormat } from './toml-entry';

const FORMATS: Readonly<Record<Setting['format'], EntryFormat>> = { json: jsonFormat, toml: tomlFormat };

/** A change of a file that can be looked at, and is carried out only if the file is still the same. */
export interface PlannedChange {
  readonly snapshot: Snapshot;
  /** Null when the file is removed. */
  readonly bytes: Buffer | null;
  /** Whether the file has an entry already. */
  readonly replaces: boolean;
  /** A unified difference without secrets; empty when nothing changes. */
  readonly difference: string;
}

/** How a client stands to Holdfast. */
export interface ConnectionState {
  /** Null when the client was never used on this computer. */
  readonly file: string | null;
  readonly connected: boolean;
  /** Why its file cannot be read, in words for a person. */
  readonly problem: string | null;
}

/** What stands in a client's file. */
export interface Examined extends ConnectionState {
  /** Holdfast's key in it; null when there is none. A secret. */
  readonly key: string | null;
  /** The address of Holdfast in it; null when there is none, as with clients that start a bridge. */
  readonly address: string | null;
}

/** Writes Holdfast into the settings of other programs, and takes it out again. */
export class Connector {
  private readonly places: ClientPlaces;
  readonly records: ConnectionRecords;

  constructor(dataFolder: string, places: ClientPlaces) {
    this.places = places;
    this.records = new ConnectionRecords(dataFolder);
  }

  state(client: KnownClient): ConnectionState {
    const { file, connected, problem } = this.examine(client);
    return { file, connected, problem };
  }

  /** Reads a client's file once and says all that is of interest in it. */
  examine(client: KnownClient): Examined {
    const none = { connected: false, problem: null, key: null, address: null };
    const setting = client.setting(this.places);
    if (!setting) return { file: null, ...none };
    const { file } = setting;
    try {
      const { entry } = read(setting);
      if (entry === undefined) return { file, ...none };
      return { file, connected: true, problem: null, key: keyIn(entry), address: addressIn(entry) };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return { file, ...none, problem: error.message };
    }
  }

  /** The key in the client's settings; null when there is none. A secret. */
  keyOf(client: KnownClient): string | null {
    const setting = client.setting(this.places);
    return setting ? keyIn(read(setting).entry) : null;
  }

  /**
   * What it takes to connect a client.
   * @param target - without a key, the difference shows a placeholder
   * @throws HoldfastError `settings_left_alone` with a sentence when the client or its file does not allow it
   */
  plan(client: KnownClient, target: Omit<ConnectTarget, 'key'> & { readonly key: string | null }): PlannedChange {
    const setting = client.setting(this.places);
    if (!setting) {
      const message = `${client.name} was not found on this computer. Start it once, then try again.`;
      throw new HoldfastError('settings_left_alone', message);
    }
    const { snapshot, value, entry, path, format } = read(setting);
    requireWritable(snapshot);
    const wanted = setting.entry({ ...target, key: target.key ?? NO_KEY_YET });
    const present = isRecord(entry) ? entry : undefined;
    const kept = Object.keys(present ?? {});
    const removed = setting.addressFields.filter((field) => kept.includes(field) && !(field in wanted));
    const change = { entry: wanted, removed, isNew: present === undefined };
    const after = safely(snapshot, () => format.set(snapshot.text, path, change));
    requireOnly(
      snapshot,
      format,
      after,
      withEntry(value, path, merged(present, change.removed, wanted, setting.format)),
    );
    return planned(snapshot, after, entry !== undefined);
  }

  /**
   * Carries out a plan of {@link plan}. The file from before is kept beside it.
   * @throws HoldfastError `settings_left_alone` when the file was changed since, or cannot be written
   */
  connect(client: KnownClient, { snapshot, bytes, replaces }: PlannedChange, clientId: string): void {
    if (bytes === null) throw new TypeError('a plan to connect writes a file');
    const { file, mode } = snapshot;
    const backup = snapshot.bytes === null ? null : `${file}.holdfast-backup`;
    requireUnchanged(snapshot);
    const earlier = this.records.read(client.id);
    const isOurs = earlier?.file === file && snapshot.bytes !== null && earlier.written === hashOf(snapshot.bytes);
    // A file that was changed since, with our own entry still in it, is not what undo should lead back to.
    const written = earlier?.file === file && !isOurs && replaces ? '' : hashOf(bytes);
    const record = { file, client_id: clientId, written, backup: isOurs ? earlier.backup : backup };
    // What was there before Holdfast came is worth more than what Holdfast wrote itself.
    if (snapshot.bytes !== null && backup !== null && !isOurs) replaceFile(backup, snapshot.bytes, mode);
    this.records.write(client.id, record);
    replaceFile(file, bytes, mode, () => requireUnchanged(snapshot));
  }

  /**
   * What it takes to take Holdfast out of a client's settings: the file from before, if nobody has changed it since,
   * otherwise the present one without the entry. Null when it is not in there.
   * @throws HoldfastError `settings_left_alone`
   */
  planUndo(client: KnownClient): PlannedChange | null {
    const setting = client.setting(this.places);
    if (!setting) return null;
    const { snapshot, value, entry, path, format } = read(setting);
    if (entry === undefined || snapshot.bytes === null) return null;
    requireWritable(snapshot);
    const record = this.records.read(client.id);
    if (record?.file === snapshot.file && record.written === hashOf(snapshot.bytes)) {
      if (record.backup === null)
        return { snapshot, bytes: null, replaces: true, difference: difference(snapshot.file, snapshot.text, null) };
      if (existsSync(record.backup)) {
        const { bytes, text } = readSnapshot(record.backup);
        return { snapshot, bytes, replaces: true, difference: difference(snapshot.file, snapshot.text, text) };
      }
    }
    const after = safely(snapshot, () => format.remove(snapshot.text, path));
    requireOnly(snapshot, format, after, withEntry(value, path, undefined));
    return planned(snapshot, after, true);
  }

  /** Carries out a plan of {@link planUndo}. The backup goes with it once the file is back. */
  undo(client: KnownClient, { snapshot, bytes }: PlannedChange): void {
    const { file, mode } = snapshot;
    requireUnchanged(snapshot);
    if (bytes === null) removeFile(file);
    else replaceFile(file, bytes, mode, () => requireUnchanged(snapshot));
    const record = this.records.read(client.id);
    if (record?.backup && record.file === file) removeFile(record.backup);
    this.records.remove(client.id);
  }
}

function read(setting: Setting) {
  const snapshot = readSnapshot(setting.file);
  const format = FORMATS[setting.format];
  const value = safely(snapshot, () => format.parse(snapshot.text));
  const path = setting.path(snapshot.text);
  let entry: unknown = value;
  for (const [at, name] of path.entries()) {
    if (entry === undefined) break;
    if (!isRecord(entry))
      throw leftAlone(`${snapshot.file}: "${path[at - 1]}" is no object. Correct it and try again.`);
    entry = Object.hasOwn(entry, name) ? entry[name] : undefined;
  }
  return { snapshot, format, value, path, entry };
}

const keyIn = (entry: unknown): string | null => /\bhf_[\w-]{20,}/.exec(JSON.stringify(entry ?? null))?.[0] ?? null;

function addressIn(entry: unknown): string | null {
  if (!isRecord(entry)) return null;
  const [found] = ['url', 'httpUrl', 'serverUrl'].flatMap((name) =>
    typeof entry[name] === 'string' ? entry[name] : [],
  );
  return found ?? null;
}

const planned = (snapshot: Snapshot, after: string, replaces: boolean): PlannedChange => ({
  snapshot,
  replaces,
  bytes: bytesOf(snapshot, after),
  difference: difference(snapshot.file, snapshot.bytes === null ? null : snapshot.text, after),
});

const leftAlone = (message: string, cause?: unknown) =>
  new HoldfastError('settings_left_alone', message, cause === undefined ? {} : { cause });

/** Runs something that reads the file's text; what it throws becomes a sentence that names the file and line. */
function safely<T>({ file }: Snapshot, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw leftAlone(`${file} is nested too deeply and is left as it is.`, error);
    throw leftAlone(`${file}:${(error as Error).message}`, error);
  }
}

/** A name that is there twice, or an unusual way to write an entry, would change more or less than it should. */
function requireOnly({ file }: Snapshot, format: EntryFormat, after: string, expected: unknown): void {
  let result: unknown;
  try {
    result = format.parse(after);
  } catch {
    result = undefined;
  }
  if (plain(result) === plain(expected) || isDeepStrictEqual(result, expected)) return;
  throw leftAlone(`${file} is written in a way that cannot be changed safely. Add or remove the entry by hand.`);
}

const plain = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, one: unknown) => {
    if (typeof one === 'bigint') return `${one}n`;
    return isRecord(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one;
  });

/** The entry as it should read: its own fields stay, those that say where a server is are replaced. */
function merged(
  present: EntryValue | undefined,
  removed: readonly string[],
  wanted: EntryValue,
  format: Setting['format'],
): EntryValue {
  const kept = Object.entries(present ?? {}).filter(([name]) => !removed.includes(name));
  const result: Record<string, unknown> = Object.fromEntries(kept);
  for (const [name, value] of Object.entries(wanted)) {
    const old = result[name];
    result[name] = format === 'json' && isRecord(old) && isRecord(value) ? { ...old, ...value } : value;
  }
  return result;
}

function withEntry(
  value: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  entry: EntryValue | undefined,
): Record<string, unknown> {
  const { [name]: inner, ...others } = value;
  if (rest.length > 0) return { ...others, [name]: withEntry(isRecord(inner) ? inner : {}, rest, entry) };
  return entry === undefined ? others : { ...others, [name]: entry };
}
