import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { KeyWay, ReferenceKind } from '../../shared/contract/connect';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { ClientPlaces } from '../platform/client-files';
import { type ConnectTarget, NO_KEY_YET } from './connect-target';
import { type ConnectionRecord, ConnectionRecords } from './connection-record';
import { difference } from './difference';
import type { EntryValue } from './entry-format';
import { isRecord } from './is-record';
import { type FoundReference, keyFileOf, referenceIn } from './key-reference';
import type { KnownClient, Setting } from './known-clients';
import { ownEntriesIn, readEntry, requireOnly, safely, withEntry } from './read-entry';
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
import { undone } from './undone';

/** Files that hold a key are for the user alone. */
const PRIVATE = 0o600;
/** Fields that may hold a key, or say where it is. */
const KEY_FIELDS: readonly string[] = ['env', 'headers', 'http_headers'];

/** A change of a file that can be looked at, and is carried out only if the file is still the same. */
export interface PlannedChange {
  readonly snapshot: Snapshot;
  /** Null when the file is removed. */
  readonly bytes: Buffer | null;
  /** Whether the file has an entry already. */
  readonly replaces: boolean;
  /** A unified difference without secrets; empty when nothing changes. */
  readonly difference: string;
  /** Holdfast's own file with the key, when the client's file refers to it; null: there is to be none. */
  readonly keyFile: { readonly file: string; readonly content: string } | null;
}

/** A change that puts a key where the client finds it. */
export interface PlannedKey extends PlannedChange {
  readonly way: KeyWay;
  /** What the file could refer to; null where the key has to stand in it. */
  readonly reference: ReferenceKind | null;
  /** The variable that the user sets; null when the change is all that it takes. */
  readonly variable: string | null;
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
  /** What the file refers to instead; null when it does not. */
  readonly reference: FoundReference | null;
  /** The address of Holdfast in it; null when there is none, as with clients that start a bridge. */
  readonly address: string | null;
}

/** Writes Holdfast into the settings of other programs, and takes it out again. */
export class Connector {
  private readonly places: ClientPlaces;
  private readonly dataFolder: string;
  readonly records: ConnectionRecords;

  constructor(dataFolder: string, places: ClientPlaces) {
    this.places = places;
    this.dataFolder = dataFolder;
    this.records = new ConnectionRecords(dataFolder);
  }

  state(client: KnownClient): ConnectionState {
    const { file, connected, problem } = this.examine(client);
    return { file, connected, problem };
  }

  /** Reads a client's file once and says all that is of interest in it. */
  examine(client: KnownClient): Examined {
    const none = { connected: false, problem: null, key: null, reference: null, address: null };
    const setting = client.setting(this.places);
    if (!setting) return { file: null, ...none };
    const { file } = setting;
    try {
      const { entry } = readEntry(setting);
      if (entry === undefined) return { file, ...none };
      const { key, reference } = this.keyOfEntry(client, entry);
      return { file, connected: true, problem: null, key, reference, address: addressIn(entry) };
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      return { file, ...none, problem: error.message };
    }
  }

  /** The key in the client's settings, or in the file that they refer to; null when there is none. A secret. */
  keyOf(client: KnownClient): string | null {
    const setting = client.setting(this.places);
    return setting ? this.keyOfEntry(client, readEntry(setting).entry).key : null;
  }

  private keyOfEntry({ id }: KnownClient, entry: unknown) {
    const keyFile = keyFileOf(this.dataFolder, id);
    const reference = referenceIn(entry, keyFile);
    return { key: reference === 'own_file' ? keyIn(textOf(keyFile)) : keyIn(entry), reference };
  }

  /**
   * What it takes to connect a client.
   * @param target - without a key, the difference shows a placeholder
   * @param wish - where the key is to stand. Left out: as it is now, or else a file of Holdfast's own where the client reads that
   * @throws HoldfastError `settings_left_alone` with a sentence when the client or its file does not allow it
   */
  plan(
    client: KnownClient,
    target: Omit<ConnectTarget, 'key'> & { readonly key: string | null },
    wish?: KeyWay,
  ): PlannedKey {
    const setting = client.setting(this.places);
    if (!setting) throw notFound(client);
    const { snapshot, value, entry, path, format } = readEntry(setting);
    requireWritable(snapshot);
    const { reference } = setting;
    if (wish === 'reference' && reference === null) {
      const message = said('said.client.own_key', { name: client.name });
      throw new HoldfastError('settings_left_alone', message);
    }
    const present = isRecord(entry) ? entry : undefined;
    const before = present && (this.keyOfEntry(client, present).reference === null ? 'file' : 'reference');
    const usual = before ?? (reference?.kind === 'own_file' ? 'reference' : 'file');
    const way = reference === null ? 'file' : (wish ?? usual);
    const key = target.key ?? NO_KEY_YET;
    const file = keyFileOf(this.dataFolder, client.id);
    const wanted =
      way === 'reference' && reference !== null
        ? reference.entry({ ...target, keyFile: file })
        : setting.entry({ ...target, key });
    const kept = Object.keys(present ?? {});
    // What held the key in the other way must not stay.
    const isOtherWay = before !== undefined && before !== way;
    const removed = setting.addressFields.filter(
      (field) => kept.includes(field) && (!(field in wanted) || (isOtherWay && KEY_FIELDS.includes(field))),
    );
    const change = { entry: wanted, removed, isNew: present === undefined };
    const goal = merged(present, change.removed, wanted, setting.format);
    // Setting what is there already would lay out a list anew.
    const isThere = isDeepStrictEqual(goal, present);
    const after = isThere ? snapshot.text : safely(snapshot, () => format.set(snapshot.text, path, change));
    requireOnly(snapshot, format, after, withEntry(value, path, goal));
    const isReference = way === 'reference' && reference !== null;
    return {
      ...planned(snapshot, after, entry !== undefined),
      way,
      reference: reference?.kind ?? null,
      variable: isReference && reference.kind === 'environment' ? reference.variable : null,
      keyFile: isReference && reference.kind === 'own_file' ? { file, content: reference.content(key) } : null,
    };
  }

  /**
   * Carries out a plan of {@link plan}. The file from before is kept beside it.
   * @throws HoldfastError `settings_left_alone` when the file was changed since, or cannot be written
   */
  connect(client: KnownClient, change: PlannedChange, clientId: string): void {
    const { keyFile } = change;
    // First: a client that reads its new settings at once finds the key.
    const before = keyFile && textOf(keyFile.file);
    if (keyFile) replaceFile(keyFile.file, Buffer.from(keyFile.content), PRIVATE);
    try {
      this.write(client, change, { clientId, taken: [] });
    } catch (error) {
      if (keyFile && before !== null) replaceFile(keyFile.file, Buffer.from(before), PRIVATE);
      else if (keyFile) removeFile(keyFile.file);
      throw error;
    }
    if (!keyFile) this.removeKeyFile(client);
  }

  private removeKeyFile({ id }: KnownClient): void {
    const file = keyFileOf(this.dataFolder, id);
    if (existsSync(file)) removeFile(file);
  }

  /**
   * Notes that a client was given a link and now writes its settings itself, so that undo takes Holdfast out of them again.
   * @throws HoldfastError `settings_left_alone` when the client was never used here, or has Holdfast in its settings already
   */
  noteLink(client: KnownClient, clientId: string): void {
    const setting = client.setting(this.places);
    if (!setting) throw notFound(client);
    const { snapshot, entry } = readEntry(setting);
    if (entry !== undefined) {
      const message = said('said.client.there', { name: client.name });
      throw new HoldfastError('settings_left_alone', message);
    }
    const { file } = snapshot;
    // What was taken out for an earlier connection still is, and comes back at undo.
    const { backup, taken } = this.recordOf(client, snapshot) ?? { backup: null, taken: [] };
    this.records.write(client.id, { file, client_id: clientId, written: '', backup, taken });
  }

  /** Names of the client's own entries that were taken out of its settings. */
  takenFrom({ id }: KnownClient): string[] {
    return [...(this.records.read(id)?.taken ?? [])];
  }

  /** Names of the client's own entries, in the file and place where Holdfast is written. */
  ownEntries(client: KnownClient): string[] {
    const setting = client.setting(this.places);
    return setting ? Object.keys(ownEntriesIn(readEntry(setting))) : [];
  }

  /**
   * What it takes to take a client's own entries out of its settings; names that are not there are left out.
   * @throws HoldfastError `settings_left_alone` when Holdfast is not in there, or the file does not allow it
   */
  planTakeOut(client: KnownClient, names: readonly string[]): PlannedChange & { readonly taken: readonly string[] } {
    const setting = client.setting(this.places);
    const found = setting && readEntry(setting);
    if (!found || found.entry === undefined || this.recordOf(client, found.snapshot) === null) {
      const message = said('said.client.not_ours', { name: client.name });
      throw new HoldfastError('settings_left_alone', message);
    }
    const { snapshot, value, path, format } = found;
    requireWritable(snapshot);
    const own = ownEntriesIn(found);
    const taken = [...new Set(names)].filter((name) => Object.hasOwn(own, name));
    const places = taken.map((name) => [...path.slice(0, -1), name]);
    const after = safely(snapshot, () => places.reduce((text, place) => format.remove(text, place), snapshot.text));
    requireOnly(
      snapshot,
      format,
      after,
      places.reduce((whole, place) => withEntry(whole, place, undefined), value),
    );
    return { ...planned(snapshot, after, true), taken };
  }

  /**
   * Carries out a plan of {@link planTakeOut}. Undo puts the entries back.
   * @throws HoldfastError as {@link connect}
   */
  takeOut(client: KnownClient, change: ReturnType<Connector['planTakeOut']>): void {
    const record = this.recordOf(client, change.snapshot);
    if (record === null) throw new TypeError('a plan to take entries out needs a record');
    this.write(client, change, { clientId: record.client_id, taken: change.taken });
  }

  /**
   * What it takes to take Holdfast out of a client's settings: the file from before, if nobody has changed it since,
   * otherwise the present one without the entry and with what was taken out. Null when there is nothing to undo.
   * @throws HoldfastError `settings_left_alone`
   */
  planUndo(client: KnownClient): PlannedChange | null {
    const setting = client.setting(this.places);
    if (!setting) return null;
    const found = readEntry(setting);
    const { snapshot, entry } = found;
    if (snapshot.bytes === null) return null;
    const record = this.recordOf(client, snapshot);
    if (entry === undefined && !record?.taken.length) return null;
    requireWritable(snapshot);
    if (record?.written === hashOf(snapshot.bytes)) {
      if (record.backup === null) return undoTo(snapshot, null, null);
      if (existsSync(record.backup)) {
        const { bytes, text } = readSnapshot(record.backup);
        return undoTo(snapshot, bytes, text);
      }
    }
    const change = planned(snapshot, undone(found, record), true);
    return change.difference === '' ? null : change;
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
    this.removeKeyFile(client);
  }

  private recordOf({ id }: KnownClient, { file }: Snapshot): ConnectionRecord | null {
    const record = this.records.read(id);
    return record?.file === file ? record : null;
  }

  private write(
    client: KnownClient,
    { snapshot, bytes, replaces }: PlannedChange,
    { clientId, taken }: { readonly clientId: string; readonly taken: readonly string[] },
  ): void {
    if (bytes === null) throw new TypeError('a plan to write writes a file');
    const { file, mode } = snapshot;
    requireUnchanged(snapshot);
    const earlier = this.recordOf(client, snapshot);
    const isOurs = snapshot.bytes !== null && earlier?.written === hashOf(snapshot.bytes);
    const record = { file, client_id: clientId, written: hashOf(bytes), taken: union(earlier?.taken ?? [], taken) };
    if (isOurs) this.records.write(client.id, { ...record, backup: earlier?.backup ?? null });
    else {
      // A file that was changed since, with our own changes still in it, is not what undo should lead back to.
      const isTouched = earlier !== null && (replaces || earlier.taken.length > 0);
      const before = isTouched ? bytesOf(snapshot, this.undoneNow(client, earlier)) : snapshot.bytes;
      const backup = before === null ? null : `${file}.holdfast-backup`;
      if (before !== null && backup !== null) replaceFile(backup, before, mode);
      this.records.write(client.id, { ...record, backup });
    }
    replaceFile(file, bytes, mode, () => requireUnchanged(snapshot));
  }

  private undoneNow(client: KnownClient, record: ConnectionRecord): string {
    const setting = client.setting(this.places);
    if (!setting) throw new TypeError('a file that was read has a client');
    return undone(readEntry(setting), record);
  }
}

const notFound = ({ name }: KnownClient): HoldfastError =>
  new HoldfastError('settings_left_alone', said('said.client.not_here', { name }));

const union = (some: readonly string[], more: readonly string[]): string[] => [...new Set([...some, ...more])];

const keyIn = (entry: unknown): string | null => /\bhf_[\w-]{20,}/.exec(JSON.stringify(entry ?? null))?.[0] ?? null;

function addressIn(entry: unknown): string | null {
  if (!isRecord(entry)) return null;
  const [found] = ['url', 'httpUrl', 'serverUrl'].flatMap((name) =>
    typeof entry[name] === 'string' ? entry[name] : [],
  );
  return found ?? null;
}

const undoTo = (snapshot: Snapshot, bytes: Buffer | null, text: string | null): PlannedChange => ({
  snapshot,
  bytes,
  replaces: true,
  keyFile: null,
  difference: difference(snapshot.file, snapshot.text, text),
});

/** The text of a file of our own; null when there is none that can be read. */
function textOf(file: string): string | null {
  try {
    return readSnapshot(file).bytes?.toString() ?? null;
  } catch {
    return null;
  }
}

const planned = (snapshot: Snapshot, after: string, replaces: boolean): PlannedChange => ({
  snapshot,
  replaces,
  keyFile: null,
  bytes: bytesOf(snapshot, after),
  difference: difference(snapshot.file, snapshot.bytes === null ? null : snapshot.text, after),
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
