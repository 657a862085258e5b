import { type Client, type CreatedClient, clientTypeSchema, type NewClient } from '../../shared/contract/client';
import type { HoldfastEvent, NewEvent } from '../../shared/contract/event';
import { HoldfastError } from '../../shared/errors';
import type { ClientId } from '../../shared/model/ids';
import { MINUTE, type Ms } from '../../shared/model/units';
import type { Clock, Random } from '../platform/ports';
import { randomText } from '../platform/random-text';
import type { EventBus } from './event-bus';
import { hashToken } from './reconnect/reconnect-tokens';
import type { ClientRepository, SessionRepository } from './session-ports';

/** `last_seen_at` is written at most this often. */
const SEEN_PERIOD: Ms = MINUTE;

export interface ClientRegistryDeps {
  readonly clients: ClientRepository;
  readonly repository: Pick<SessionRepository, 'commit'>;
  /** Runs `work` in one transaction. */
  readonly transaction: <T>(work: () => T) => T;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly random: Random;
}

/** The installed programs that may connect. Each has one key, which is shown once and stored only as its SHA-256. */
export class ClientRegistry {
  private readonly byHash = new Map<string, Client>();
  private readonly writtenAt = new Map<string, Ms>();
  /** To the millisecond, of this run; one entry a client. */
  private readonly seenAt = new Map<string, Ms>();
  private readonly deps: ClientRegistryDeps;

  constructor(deps: ClientRegistryDeps) {
    this.deps = deps;
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
    const client = this.byKey(key);
    if (client !== null) this.markSeen(client);
    return client;
  }

  /**
   * The client that holds this key, or null, without marking it as seen: a key that stands in a file is no request. Its
   * `last_seen_at` is exact, where the stored one is up to a minute old.
   */
  find(key: string): Client | null {
    const known = this.byKey(key);
    const client = known && this.deps.clients.get(known.client_id);
    if (!client) return null;
    const seen = this.seenAt.get(client.client_id) ?? null;
    return { ...client, last_seen_at: seen ?? client.last_seen_at };
  }

  list(): Client[] {
    return this.deps.clients.list();
  }

  /** @throws HoldfastError `client_not_found` */
  get(clientId: string): Client {
    const client = this.deps.clients.get(clientId);
    if (client === null) throw new HoldfastError('client_not_found');
    return client;
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
    this.seenAt.delete(client_id);
    this.writtenAt.delete(client_id);
    this.commit(() => this.deps.clients.remove(clientId), {
      at: this.deps.clock.now(),
      session_id: null,
      kind: 'client_removed',
      payload: { client_id, name },
    });
  }

  private markSeen({ client_id }: Client): void {
    const now = this.deps.clock.now();
    this.seenAt.set(client_id, now);
    const last = this.writtenAt.get(client_id);
    if (last !== undefined && now - last < SEEN_PERIOD) return;
    this.writtenAt.set(client_id, now);
    try {
      this.deps.clients.seen(client_id, now);
    } catch {
      // A full disk must not lock a client out; the next request tries the write again.
      this.writtenAt.delete(client_id);
    }
  }

  private byKey(key: string): Client | null {
    if (!key.startsWith('hf_') || key.length > 128) return null;
    const hash = hashToken(key);
    const client = this.byHash.get(hash) ?? this.deps.clients.byKeyHash(hash);
    if (client !== null) this.byHash.set(hash, client);
    return client;
  }

  private commit(write: () => void, event: NewEvent): void {
    const stored: HoldfastEvent[] = this.deps.transaction(() => {
      write();
      return this.deps.repository.commit({ events: [event] });
    });
    this.deps.bus.publish(stored);
  }
}
