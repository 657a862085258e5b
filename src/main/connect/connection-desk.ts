import { createHash } from 'node:crypto';
import type {
  ConnectAction,
  ConnectedClient,
  ConnectLink,
  FoundClient,
  KeyWay,
  PlannedConnection,
} from '../../shared/contract/connect';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { LinkedClient } from '../../shared/model/client-link';
import { withoutHome } from '../../shared/model/home-path';
import type { Ms } from '../../shared/model/units';
import type { ClientPlaces } from '../platform/client-files';
import type { ConnectTarget } from './connect-target';
import { Connector, type Examined, type PlannedChange, type PlannedKey } from './connector';
import { fileStamp } from './file-stamp';
import { foundState, type Holder } from './found-state';
import { keyFileOf } from './key-reference';
import { KNOWN_CLIENTS, type KnownClient } from './known-clients';
import { linkOf } from './link';
import { hashOf } from './settings-file';

type AnyChange = PlannedChange & Partial<PlannedKey> & { readonly taken?: readonly string[] };

interface PreviewWish {
  /** Names in the client's file of servers that run behind Holdfast; of use only to switch those off. */
  readonly served?: readonly string[];
  readonly way?: KeyWay | undefined;
}

/** The keys of Holdfast's clients. */
export interface KeyCabinet {
  /** The holder of a key, or null. Looking is no sign of life of the client. */
  find(key: string): Holder | null;
  /** A client by its id, with its present key; null when there is no such client. */
  ofClient(clientId: string): Holder | null;
  create(client: { readonly name: string; readonly type: string }): { client_id: string; client_key: string };
  /** Gives a client a new key. The one from before works for a while, and again for good after {@link takeBack}. */
  renew(clientId: string): { client_key: string };
  takeBack(clientId: string): void;
  /** Takes the key away, and ends the sessions of its client. Does nothing when it is gone already. */
  remove(clientId: string): void;
}

export interface ConnectionDeskDeps {
  readonly dataFolder: string;
  readonly places: ClientPlaces;
  readonly keys: KeyCabinet;
  readonly now: () => Ms;
  /** What clients are told now; the address may be known only after the start. */
  target(): Omit<ConnectTarget, 'key'>;
}

/**
 * Connects the programs of this machine on behalf of the window. What was shown is what is carried out: both sides name a
 * change by its fingerprint, and a file that is no longer the one that was shown is left alone.
 */
export class ConnectionDesk {
  private readonly deps: ConnectionDeskDeps;
  private readonly connector: Connector;
  /** What stood in a file, by client: some of these files have megabytes, and the window asks every few seconds. */
  private readonly examined = new Map<string, { readonly stamp: string; readonly what: Examined }>();
  /** When a file was written in this run: a key that was last seen before that proves nothing. */
  private readonly writtenAt = new Map<string, Ms>();

  constructor(deps: ConnectionDeskDeps) {
    this.deps = deps;
    this.connector = new Connector(deps.dataFolder, deps.places);
  }

  /** Every client that can be connected, whether or not it was found. */
  found(): FoundClient[] {
    return KNOWN_CLIENTS.map((client) => this.stateOf(client));
  }

  /** The file of a client, as others name it; null when it was not found. */
  fileOf(id: KnownClient['id']): string | null {
    return knownClient(id).setting(this.deps.places)?.file ?? null;
  }

  /**
   * What would change, without changing anything.
   * @throws HoldfastError `settings_left_alone` with a sentence
   */
  preview(id: KnownClient['id'], action: ConnectAction, { served = [], way }: PreviewWish = {}): PlannedConnection {
    const { change, fingerprint } = this.plan(knownClient(id), action, { served, way });
    const { difference, snapshot, taken = [], keyFile } = change;
    return {
      file: snapshot.file,
      entries: [...taken],
      difference,
      key: change.way ?? 'file',
      reference: change.reference ?? null,
      key_file: keyFile?.file ?? null,
      fingerprint,
    };
  }

  /**
   * Makes a key and writes it into the client's file. The key that stands there already is kept if it is known, and not an old one.
   * @throws HoldfastError as {@link preview}, and `settings_left_alone` when the change is not the one that was shown
   */
  connect(id: KnownClient['id'], shown: string, way?: KeyWay): ConnectedClient {
    return this.carryOut(knownClient(id), 'apply', { shown, way });
  }

  /**
   * Gives the client a new key and writes it into its file. If that fails, the key from before stays.
   * @throws HoldfastError as {@link connect}
   */
  renew(id: KnownClient['id'], shown: string, way?: KeyWay): ConnectedClient {
    return this.carryOut(knownClient(id), 'renew', { shown, way });
  }

  private carryOut(
    client: KnownClient,
    action: 'apply' | 'renew',
    { shown, way }: { readonly shown: string; readonly way: KeyWay | undefined },
  ): ConnectedClient {
    const { change, fingerprint, holder, isNewKey } = this.planConnect(client, action, way);
    requireShown(change, fingerprint, shown);
    let key: string | null = null;
    if (holder === null) key = this.connectWithNewKey(client, way);
    else if (isNewKey) key = this.renewKey(client, holder.client_id, way);
    else if (change.difference !== '') this.connector.connect(client, change, holder.client_id);
    this.examined.delete(client.id);
    this.writtenAt.set(client.id, this.deps.now());
    const { variable } = change;
    return { ...this.stateOf(client), to_set: variable === null || key === null ? null : { variable, key } };
  }

  /**
   * Makes a key and a link by which the program adds Holdfast itself. A key of an earlier link that nobody has used goes.
   * @throws HoldfastError `settings_left_alone` when the program was never used here, or has Holdfast already
   */
  link(id: LinkedClient): ConnectLink {
    const client = knownClient(id);
    const { keys, places, target } = this.deps;
    const earlier = this.connector.records.read(id)?.client_id;
    const { client_id, client_key } = keys.create({ name: client.name, type: id });
    try {
      this.connector.noteLink(client, client_id);
    } catch (error) {
      keys.remove(client_id);
      throw error;
    }
    if (earlier !== undefined && keys.ofClient(earlier)?.last_used_at === null) keys.remove(earlier);
    return { ...linkOf(id, target().url, client.setting(places)?.file ?? ''), client_id, key: client_key };
  }

  /**
   * Takes the client's own entries of these names out of its file.
   * @throws HoldfastError as {@link connect}
   */
  switchOff(id: KnownClient['id'], served: readonly string[], shown: string): FoundClient {
    const client = knownClient(id);
    const change = this.connector.planTakeOut(client, served);
    requireShown(change, fingerprintOf(client, 'switch_off', change), shown);
    if (change.taken.length > 0) this.connector.takeOut(client, change);
    return this.stateOf(client);
  }

  /**
   * Puts the client's file back, and takes its key away.
   * @throws HoldfastError as {@link connect}
   */
  undo(id: KnownClient['id'], shown: string): FoundClient {
    const client = knownClient(id);
    const change = this.planUndo(client);
    requireShown(change, fingerprintOf(client, 'undo', change), shown);
    const made = this.connector.records.read(id)?.client_id;
    this.connector.undo(client, change);
    this.writtenAt.delete(id);
    if (made !== undefined) this.deps.keys.remove(made);
    return this.stateOf(client);
  }

  private plan(client: KnownClient, action: ConnectAction, { served = [], way }: PreviewWish) {
    if (action === 'apply' || action === 'renew') return this.planConnect(client, action, way);
    const change: AnyChange = action === 'undo' ? this.planUndo(client) : this.connector.planTakeOut(client, served);
    return { change, fingerprint: fingerprintOf(client, action, change) };
  }

  private planConnect(client: KnownClient, action: 'apply' | 'renew', way: KeyWay | undefined) {
    const { key } = this.examine(client);
    const holder = this.holderOf(client);
    if (action === 'renew' && holder === null) {
      const sentence = said('said.client.no_key', { name: client.name, client: client.name });
      throw new HoldfastError('settings_left_alone', sentence);
    }
    const target = this.deps.target();
    // A key in a variable cannot be read, so it cannot be put anywhere else.
    const isElsewhere = key === null && this.connector.plan(client, { ...target, key }, way).variable === null;
    const isNewKey = action === 'renew' || holder === null || holder.ends_at !== null || isElsewhere;
    const change: AnyChange & PlannedKey = this.connector.plan(client, { ...target, key: isNewKey ? null : key }, way);
    return { change, holder, isNewKey, fingerprint: fingerprintOf(client, action, change) };
  }

  private planUndo(client: KnownClient): PlannedChange {
    const change = this.connector.planUndo(client);
    if (change === null) {
      const sentence = said('said.client.not_connected', { name: client.name });
      throw new HoldfastError('settings_left_alone', sentence);
    }
    return change;
  }

  private connectWithNewKey(client: KnownClient, way: KeyWay | undefined): string {
    const { keys, target } = this.deps;
    const { client_id, client_key } = keys.create({ name: client.name, type: client.id });
    try {
      const change = this.connector.plan(client, { ...target(), key: client_key }, way);
      this.connector.connect(client, change, client_id);
      return client_key;
    } catch (error) {
      keys.remove(client_id);
      throw error;
    }
  }

  private renewKey(client: KnownClient, clientId: string, way: KeyWay | undefined): string {
    const { keys, target } = this.deps;
    const { client_key } = keys.renew(clientId);
    try {
      const change = this.connector.plan(client, { ...target(), key: client_key }, way);
      this.connector.connect(client, change, clientId);
      return client_key;
    } catch (error) {
      keys.takeBack(clientId);
      throw error;
    }
  }

  private stateOf(client: KnownClient): FoundClient {
    const examined = this.examine(client);
    const { file, problem } = examined;
    const holder = this.holderOf(client);
    const since = this.writtenAt.get(client.id) ?? 0;
    const state = foundState(examined, holder, { url: this.deps.target().url, since });
    return {
      id: client.id,
      name: client.name,
      file: file && withoutHome(file, this.deps.places.home),
      state,
      problem,
      client_id: holder?.client_id ?? null,
      last_seen_at: holder?.last_used_at ?? null,
      key_ends_at: holder?.ends_at ?? null,
      taken: file === null ? [] : this.connector.takenFrom(client),
    };
  }

  /** Whose key the client has. A key in a variable cannot be read: it is that of the client for which the file was written. */
  private holderOf(client: KnownClient): Holder | null {
    const { key, reference } = this.examine(client);
    if (key !== null) return this.deps.keys.find(key);
    const id =
      reference !== null && reference !== 'own_file' ? this.connector.records.read(client.id)?.client_id : undefined;
    return id === undefined ? null : this.deps.keys.ofClient(id);
  }

  private examine(client: KnownClient): Examined {
    const file = client.setting(this.deps.places)?.file ?? null;
    const keyFile = keyFileOf(this.deps.dataFolder, client.id);
    const stamp = file && fileStamp(file) && `${fileStamp(file)} ${fileStamp(keyFile)}`;
    const last = this.examined.get(client.id);
    if (stamp !== null && last?.stamp === `${file} ${stamp}`) return last.what;
    const what = this.connector.examine(client);
    if (stamp !== null) this.examined.set(client.id, { stamp: `${file} ${stamp}`, what });
    return what;
  }
}

const knownClient = (id: KnownClient['id']): KnownClient => {
  const client = KNOWN_CLIENTS.find((one) => one.id === id);
  if (!client) throw new TypeError(`no client ${id}`);
  return client;
};

/** A key that is yet to be made is a placeholder here, so the same change has the same fingerprint before and after. */
function fingerprintOf({ id }: KnownClient, action: ConnectAction, { snapshot, bytes }: PlannedChange): string {
  const hash = (content: Uint8Array | null) => content && hashOf(content);
  const parts = [id, action, snapshot.file, hash(snapshot.bytes), hash(bytes)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function requireShown({ snapshot: { file } }: PlannedChange, fingerprint: string, shown: string): void {
  if (fingerprint === shown) return;
  const sentence = said('said.client.changed', { file });
  throw new HoldfastError('settings_left_alone', sentence);
}
