import {
  type Client,
  type CreatedClient,
  clientTypeSchema,
  type KeyHolder,
  type NewClient,
  type RenewedKey,
} from '../../shared/contract/client';
import type { HoldfastEvent, KeyEndReason, NewEvent } from '../../shared/contract/event';
import { HoldfastError } from '../../shared/errors';
import type { ClientId } from '../../shared/model/ids';
import { MINUTE, type Ms } from '../../shared/model/units';
import type { Random, SessionClock, Timers } from '../platform/ports';
import { randomText } from '../platform/random-text';
import type { EventBus } from './event-bus';
import { hashToken } from './reconnect/reconnect-tokens';
import type { ClientRepository, OldKeyTimes, SessionRepository } from './session-ports';

/** `last_seen_at` is written at most this often. */
const SEEN_PERIOD: Ms = MINUTE;

/** How long the key from before works on after a renewal: long enough to restart a client, and to find where its key stands. */
export const OLD_KEY_LIFE: Ms = 15 * MINUTE;
/** When an end that could not be written down is tried again. The key is refused meanwhile. */
const RETRY_END: Ms = MINUTE;

export interface ClientRegistryDeps {
  readonly clients: ClientRepository;
  readonly repository: Pick<SessionRepository, 'commit'>;
  /** Runs `work` in one transaction. */
  readonly transaction: <T>(work: () => T) => T;
  readonly bus: EventBus;
  readonly clock: SessionClock;
  readonly timers: Timers;
  readonly random: Random;
}

/** Who holds a key. */
interface Held {
  readonly client: Client;
  /** When the key ends; null for the present one of its client. */
  readonly ends: OldKeyTimes | null;
}

/**
 * The installed programs that may connect. Each has one key, which is shown once and stored only as its SHA-256. After a renewal
 * the key from before works for another {@link OLD_KEY_LIFE}, also over a kill. Whoever makes a registry closes it.
 */
export class ClientRegistry {
  private readonly byHash = new Map<string, Held>();
  private readonly writtenAt = new Map<string, Ms>();
  /** To the millisecond, of this run, by hash; as many as there are keys. */
  private readonly seenAt = new Map<string, Ms>();
  private readonly endListeners = new Set<(keyHash: string) => void>();
  private readonly deps: ClientRegistryDeps;
  private cancelEnd = () => {};

  constructor(deps: ClientRegistryDeps) {
    this.deps = deps;
    this.scheduleEnds();
  }

  close(): void {
    this.cancelEnd();
  }

  /** Creates a client. The returned key cannot be retrieved again. */
  create(input: NewClient): CreatedClient {
    const { random, clock } = this.deps;
    const client_id = `c_${randomText(random, 8)}` as ClientId;
    const client_key = `hf_${randomText(random, 32)}`;
    const at = clock.now();
    const { name, policy } = input;
    const known = clientTypeSchema.safeParse(input.type);
    const type = known.success ? known.data : 'other';
    const client: Client = {
      client_id,
      name,
      type,
      type_name: known.success ? null : input.type,
      policy,
      // Of Claude Desktop one runs at a time, so its next process goes on where the last one was.
      new_process: input.new_process ?? (type === 'claude-desktop' ? 'last_session' : 'new_session'),
      may_take_over: false,
      created_at: at,
      first_seen_at: null,
      last_seen_at: null,
      key_used_at: null,
      old_key: null,
    };
    this.commit(() => this.deps.clients.insert(client, hashToken(client_key)), {
      at,
      session_id: null,
      kind: 'client_created',
      payload: { client_id, name, type },
    });
    return { client_id, client_key };
  }

  /**
   * The client that holds this key, or null. The key is looked up by its hash, so timing reveals nothing about it.
   * Every authenticated request marks the client as seen.
   */
  authenticate(key: string): Client | null {
    const hash = hashOf(key);
    const held = hash && this.heldBy(hash);
    if (!held) return null;
    this.markSeen(held, hash);
    return held.client;
  }

  /** Who holds this key, or null. A key that stands in a file is no request, so nothing is marked as seen. */
  find(key: string): KeyHolder | null {
    const hash = hashOf(key);
    return hash === null ? null : this.holderOf(hash);
  }

  /** As {@link find}, by the SHA-256 of the key in hex. */
  holderOf(hash: string): KeyHolder | null {
    const held = this.heldBy(hash);
    const client = held && this.deps.clients.get(held.client.client_id);
    if (!client) return null;
    const stored = held.ends === null ? client.key_used_at : (client.old_key?.last_used_at ?? null);
    return {
      key_hash: hash,
      client_id: client.client_id,
      last_used_at: this.seenAt.get(hash) ?? stored,
      ends_at: held.ends?.valid_until ?? null,
    };
  }

  /** As {@link holderOf}, of the present key of a client. */
  presentKeyOf(clientId: string): KeyHolder | null {
    const keys = this.deps.clients.keysOf(clientId);
    return keys && this.holderOf(keys.present);
  }

  list(): Client[] {
    return this.deps.clients.list().map((client) => this.shown(client));
  }

  /** @throws HoldfastError `client_not_found` */
  get(clientId: string): Client {
    const client = this.deps.clients.get(clientId);
    if (client === null) throw new HoldfastError('client_not_found');
    return this.shown(client);
  }

  /**
   * Gives a client a new key, which cannot be retrieved again. The one from before works for another {@link OLD_KEY_LIFE}. There
   * are never more than two: of three, that one ends which nobody has used, or else the oldest.
   * @throws HoldfastError `client_not_found`
   */
  renewKey(clientId: string): RenewedKey {
    const { clients, random, clock } = this.deps;
    const { name, key_used_at } = this.get(clientId);
    this.endOldKeys();
    const keys = clients.keysOf(clientId);
    if (keys === null) throw new HoldfastError('client_not_found');
    const client_key = `hf_${randomText(random, 32)}`;
    const times = { valid_until: clock.now() + OLD_KEY_LIFE, until_lived: clock.lived() + OLD_KEY_LIFE };
    // Nothing brings a key back whose time is over, even if its end could not be written.
    const isLeft = keys.old !== null && !this.isOver(keys.old);
    const isUnused = isLeft && key_used_at === null && !this.seenAt.has(keys.present);
    const ended = keys.old === null ? undefined : isUnused ? keys.present : keys.old.key_hash;
    this.commit(
      () => {
        if (ended === keys.present) clients.replaceKey(clientId, hashToken(client_key), times);
        else clients.renewKey(clientId, hashToken(client_key), times);
      },
      ...(ended === undefined ? [] : [this.endOf(clientId, name, 'renewed_again')]),
      {
        at: clock.now(),
        session_id: null,
        kind: 'client_key_renewed',
        payload: { client_id: clientId, name, old_key_until: times.valid_until },
      },
    );
    this.changed(ended);
    return { client_id: clientId, client_key, old_key_until: times.valid_until };
  }

  /**
   * Ends the key from before the last renewal at once. Does nothing when there is none.
   * @throws HoldfastError `client_not_found`
   */
  endOldKey(clientId: string): Client {
    const { name } = this.get(clientId);
    const old = this.deps.clients.keysOf(clientId)?.old;
    if (old) {
      this.commit(() => this.deps.clients.endOldKey(clientId), this.endOf(clientId, name, 'user'));
      this.changed(old.key_hash);
    }
    return this.get(clientId);
  }

  /** Takes a renewal back whose key could not be put where its client reads it: the key from before is the present one again. */
  takeBackRenewal(clientId: string): void {
    const { clients } = this.deps;
    const keys = clients.keysOf(clientId);
    if (!keys?.old || this.isOver(keys.old)) return;
    const name = this.get(clientId).name;
    this.commit(() => clients.restoreOldKey(clientId), this.endOf(clientId, name, 'not_written'));
    this.changed(keys.present);
  }

  /**
   * Ends the old keys whose time is over. A timer does that on time; call this now and then and when the machine wakes, since
   * a timer stands still while it sleeps.
   */
  endOldKeys(): void {
    const { clients, timers } = this.deps;
    try {
      for (const old of clients.oldKeys().filter((one) => this.isOver(one))) {
        const name = clients.get(old.client_id)?.name ?? '';
        this.commit(() => clients.endOldKey(old.client_id), this.endOf(old.client_id, name, 'time'));
        this.changed(old.key_hash);
      }
      this.scheduleEnds();
    } catch {
      this.cancelEnd();
      this.cancelEnd = timers.after(RETRY_END, () => this.endOldKeys());
    }
  }

  /** Calls the listener with the hash of every key that stops working while its client stays, until the returned function is called. */
  onKeyEnded(listener: (keyHash: string) => void): () => void {
    this.endListeners.add(listener);
    return () => this.endListeners.delete(listener);
  }

  /** Changes which protocol era the client is offered. Transports that are already open are unaffected. */
  setPolicy(clientId: string, policy: Client['policy']): Client {
    this.get(clientId);
    this.deps.clients.setPolicy(clientId, policy);
    this.byHash.clear();
    return this.get(clientId);
  }

  /** Changes what a new process of the client gets. Sessions that are open are unaffected. */
  setNewProcess(clientId: string, newProcess: Client['new_process']): Client {
    this.get(clientId);
    this.deps.clients.setNewProcess(clientId, newProcess);
    this.byHash.clear();
    return this.get(clientId);
  }

  /** Says whether sessions of other clients may be handed over to this one. Offers that are open lapse if not. */
  setMayTakeOver(clientId: string, may: boolean): Client {
    this.get(clientId);
    this.deps.clients.setMayTakeOver(clientId, may);
    this.byHash.clear();
    return this.get(clientId);
  }

  /** Removes the client, so its key stops working. The caller must end its sessions. */
  remove(clientId: string): void {
    const { client_id, name } = this.get(clientId);
    this.byHash.clear();
    const keys = this.deps.clients.keysOf(clientId);
    for (const hash of [keys?.present, keys?.old?.key_hash]) this.forget(hash);
    this.commit(() => this.deps.clients.remove(clientId), {
      at: this.deps.clock.now(),
      session_id: null,
      kind: 'client_removed',
      payload: { client_id, name },
    });
  }

  private heldBy(hash: string): Held | null {
    let held = this.byHash.get(hash);
    if (!held) {
      const client = this.deps.clients.byKeyHash(hash);
      const old = client === null ? this.deps.clients.byOldKeyHash(hash) : null;
      if (client !== null) held = { client, ends: null };
      else if (old !== null) held = { client: old.client, ends: old };
      else return null;
      this.byHash.set(hash, held);
    }
    return held.ends !== null && this.isOver(held.ends) ? null : held;
  }

  private isOver({ valid_until, until_lived }: OldKeyTimes): boolean {
    const { clock } = this.deps;
    return clock.now() >= valid_until || clock.lived() >= until_lived;
  }

  /** A client as it is shown: its old key is there as long as it works, and was used when it was, not a minute before. */
  private shown(client: Client): Client {
    const old = client.old_key && this.deps.clients.keysOf(client.client_id)?.old;
    if (!old || !client.old_key) return client;
    if (this.isOver(old)) return { ...client, old_key: null };
    const last_used_at = this.seenAt.get(old.key_hash) ?? client.old_key.last_used_at;
    return { ...client, old_key: { ...client.old_key, last_used_at } };
  }

  private markSeen({ client: { client_id }, ends }: Held, hash: string): void {
    const now = this.deps.clock.now();
    this.seenAt.set(hash, now);
    const last = this.writtenAt.get(hash);
    if (last !== undefined && now - last < SEEN_PERIOD) return;
    this.writtenAt.set(hash, now);
    try {
      if (ends === null) this.deps.clients.seen(client_id, now);
      else this.deps.clients.seenWithOldKey(client_id, now);
    } catch {
      // A full disk must not lock a client out; the next request tries the write again.
      this.writtenAt.delete(hash);
    }
  }

  /** Forgets what is remembered of keys, and of one that ended; then waits for the next end. */
  private changed(ended: string | undefined): void {
    this.byHash.clear();
    this.forget(ended);
    if (ended !== undefined) {
      for (const listener of this.endListeners) listener(ended);
    }
    this.scheduleEnds();
  }

  private forget(hash: string | undefined): void {
    if (hash === undefined) return;
    this.seenAt.delete(hash);
    this.writtenAt.delete(hash);
  }

  private scheduleEnds(): void {
    this.cancelEnd();
    const { clients, clock, timers } = this.deps;
    const left = clients
      .oldKeys()
      .map(({ valid_until, until_lived }) => Math.min(valid_until - clock.now(), until_lived - clock.lived()));
    if (left.length === 0) return;
    this.cancelEnd = timers.after(Math.max(0, Math.min(...left)), () => this.endOldKeys());
  }

  private endOf(client_id: string, name: string, reason: KeyEndReason): NewEvent {
    const at = this.deps.clock.now();
    return { at, session_id: null, kind: 'client_key_ended', payload: { client_id, name, reason } };
  }

  private commit(write: () => void, ...events: readonly NewEvent[]): void {
    const stored: HoldfastEvent[] = this.deps.transaction(() => {
      write();
      return this.deps.repository.commit({ events: [...events] });
    });
    this.deps.bus.publish(stored);
  }
}

/** The hash of something that may be a key; null if it cannot be one. */
const hashOf = (key: string): string | null => (key.startsWith('hf_') && key.length <= 128 ? hashToken(key) : null);
