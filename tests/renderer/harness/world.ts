import type { Bridge, BridgeListener, ConnectionInfo } from '#src/renderer/bridge/bridge';
import { type Client, clientTypeSchema } from '#src/shared/contract/client';
import type { HoldfastEvent, NewEvent } from '#src/shared/contract/event';
import type { History, HistoryRange } from '#src/shared/contract/history';
import type { Input, Method, Output } from '#src/shared/contract/index';
import type { Session } from '#src/shared/contract/session';
import { type ErrorCode, HoldfastError } from '#src/shared/errors';
import { t } from '#src/shared/messages/language';
import { evolve } from '#src/shared/model/evolve';
import { countByStatus } from '#src/shared/model/session';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { WorldActivity } from './world-activity';
import { WorldCalls } from './world-calls';
import { WorldConnect } from './world-connect';
import { diagnosticsHandlers } from './world-diagnostics';
import { WorldPrivacy } from './world-privacy';
import { WorldServers } from './world-servers';
import { WorldSettings } from './world-settings';
import { WorldTold } from './world-told';
import { WorldVisibility } from './world-visibility';

const LENGTHS: Record<HistoryRange, number> = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY };
const BUCKETS: Record<HistoryRange, number> = { '1h': MINUTE, '24h': 15 * MINUTE, '7d': HOUR, '30d': 6 * HOUR };

/** An event log in memory with the sessions that the shared model derives from it. */
export class World {
  readonly log: HoldfastEvent[] = [];
  readonly sessions = new Map<string, Session>();
  readonly clients: Client[] = [];
  readonly notices: string[] = [];
  unknownKeyAt: number | null = null;
  /** Reconnects of the past that no session here tells of: time of each. */
  readonly past: number[] = [];
  readonly servers = new WorldServers((event) => void this.append(event));
  readonly connect = new WorldConnect();
  readonly settings = new WorldSettings();
  readonly privacy = new WorldPrivacy();
  readonly told = new WorldTold();
  readonly activity = new WorldActivity();
  readonly calls = new WorldCalls();
  readonly visibility = new WorldVisibility(
    (name) => this.servers.toolsOf(name),
    () => this.servers.list.filter(({ enabled }) => enabled).map(({ name }) => name),
  );
  isFirstRun = false;
  demo: Output<'demo.get'> = { phase: 'idle', session_id: null, problem: null };
  names: Record<string, string> = {};
  epoch = 'harness';
  changed: (events: readonly HoldfastEvent[]) => void = () => {};

  get seq(): number {
    return this.log.length;
  }

  /** Appends events as one commit. */
  append(...events: readonly NewEvent[]): readonly HoldfastEvent[] {
    const numbered = events.map((event, index) => ({ ...event, seq: this.seq + index + 1 }) as HoldfastEvent);
    for (const event of numbered) {
      this.log.push(event);
      if (event.session_id === null) continue;
      const next = evolve(this.sessions.get(event.session_id) ?? null, event);
      if (next) this.sessions.set(event.session_id, next);
    }
    this.changed(numbered);
    return numbered;
  }

  history(range: HistoryRange): History {
    const bucket = BUCKETS[range];
    const to = Math.ceil(Date.now() / bucket) * bucket;
    const from = to - LENGTHS[range];
    const buckets = Array.from({ length: LENGTHS[range] / bucket }, (_, index) => {
      const at = from + index * bucket;
      const within = this.log.filter((event) => event.at >= at && event.at < at + bucket);
      const count = (kind: string) => within.filter((event) => event.kind === kind).length;
      const byCause = (cause: string) =>
        within.filter((event) => event.kind === 'session_reconnected' && event.payload.cause === cause).length;
      const byReason = (reason: string) =>
        within.filter((event) => event.kind === 'session_disconnected' && event.payload.reason === reason).length;
      const past = this.past.filter((time) => time >= at && time < at + bucket).length;
      const observed = index % 60 < 52 || range !== '7d';
      return {
        at,
        observed,
        reconnects: {
          resumed: byCause('resumed') + past,
          restored: byCause('restored'),
          reinitialized: byCause('reinitialized') + (past > 2 ? 1 : 0),
          token: byCause('token'),
          taken_over: byCause('taken_over'),
        },
        rejected: count('reconnect_rejected'),
        created: count('session_created'),
        disconnected: count('session_disconnected'),
        disconnected_by: {
          ended: byReason('client_ended'),
          lost: byReason('stream_lost') + byReason('quiet'),
          user: byReason('user'),
          holdfast: byReason('supervisor_stopped') + byReason('supervisor_killed'),
        },
        server_stops: count('server_stopped'),
        live_average: observed ? 2 + (index % 7) / 2 : null,
        live_peak: observed ? 3 + (index % 7) / 2 : null,
        availability: observed ? 0.998 : null,
        calls: count('call_completed'),
        errors: 0,
        latency_p50: observed ? 12 : null,
        asleep_ms: 0,
        latency_p95: observed ? 80 : null,
      };
    });
    return { range, bucket_ms: bucket, from, to, buckets };
  }
}

type Handlers = { [M in Method]: (input: Input<M>) => Output<M> };

/** A bridge to a world in the same page: the real messages of the stream, in batches of 50 ms, with heartbeats. */
export class WorldBridge implements Bridge {
  readonly acks: number[] = [];
  /** Every method that was invoked, in order. */
  readonly invoked: Method[] = [];
  resyncs = 0;
  readonly #world: World;
  readonly #handlers: Handlers;
  #failure: HoldfastError | null = null;
  #listener: BridgeListener | null = null;
  #pending: HoldfastEvent[] = [];
  #info: ConnectionInfo = { state: 'reconnecting', heard_at: null, next_try_at: null, problem: null };

  constructor(world: World) {
    this.#world = world;
    this.#handlers = createHandlers(world);
  }

  async invoke<M extends Method>(method: M, input: Input<M>): Promise<Output<M>> {
    this.invoked.push(method);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (this.#failure) throw this.#failure;
    return (this.#handlers[method] as (input: Input<M>) => Output<M>)(input);
  }

  open(listener: BridgeListener): () => void {
    this.#listener = listener;
    this.#world.changed = (events) => this.#pending.push(...events);
    const batches = setInterval(() => this.#flush(), 50);
    const beats = setInterval(() => {
      if (this.#info.state === 'live') this.#say('heartbeat');
    }, 5 * SECOND);
    this.reconnectNow();
    return () => {
      clearInterval(batches);
      clearInterval(beats);
      this.#listener = null;
    };
  }

  ack(toSeq: number): void {
    this.acks.push(toSeq);
  }

  resync(): void {
    this.resyncs += 1;
    this.#say('snapshot');
  }

  reconnectNow(): void {
    this.connection({ state: 'live', heard_at: Date.now(), next_try_at: null, problem: null });
    this.#say('snapshot');
  }

  disconnect(): void {
    this.connection({
      state: 'offline',
      next_try_at: null,
      problem: t('connection.paused'),
    });
  }

  /** Lets invocations fail with `code`, and with this sentence in place of the code's own; with null they work again. */
  fail(code: ErrorCode | null, sentence?: string): void {
    this.#failure = code === null ? null : new HoldfastError(code, sentence);
  }

  /** Shows a state of the connection. */
  connection(change: Partial<ConnectionInfo>): void {
    this.#info = { ...this.#info, ...change };
    this.#listener?.connection(this.#info);
  }

  #say(type: 'snapshot' | 'heartbeat'): void {
    const { epoch, seq, sessions } = this.#world;
    const at = Date.now();
    if (type === 'snapshot') this.#pending = [];
    this.connection({ heard_at: at });
    this.#listener?.message(
      type === 'snapshot' ? { type, epoch, seq, at, sessions: [...sessions.values()] } : { type, epoch, seq, at },
    );
  }

  #flush(): void {
    const events = this.#pending.splice(0, 200);
    const [first, last] = [events[0], events.at(-1)];
    if (!first || !last || this.#info.state === 'offline') return;
    this.connection({ heard_at: Date.now() });
    this.#listener?.message({
      type: 'batch',
      epoch: this.#world.epoch,
      from_seq: first.seq,
      to_seq: last.seq,
      events,
    });
  }
}

function createHandlers(world: World): Handlers {
  const session = (id: string): Session => {
    const found = world.sessions.get(id);
    if (!found) throw new HoldfastError('session_not_found');
    return found;
  };
  return {
    ...world.activity.handlers(),
    ...world.calls.handlers(() => world.clients),
    'app.info': () => ({
      name: 'Holdfast',
      version: '0.1.0',
      url: 'http://127.0.0.1:8181',
      data_folder: '/home/dev/.local/share/holdfast',
      pid: 4711,
      started_at: Date.now() - 3 * HOUR,
      epoch: world.epoch,
      seq: world.seq,
      token_life_minutes: 15,
      retention_hours: 24,
      cli: {
        command: '/opt/holdfast/electron',
        args: ['/opt/holdfast/out/main/holdfast.js'],
        env: { ELECTRON_RUN_AS_NODE: '1' },
      },
      notices: world.notices,
    }),
    'demo.get': () => world.demo,
    'demo.start': () => {
      world.demo = { ...world.demo, phase: 'starting' };
      return world.demo;
    },
    'first_run.get': () => ({ open: world.isFirstRun }),
    'first_run.end': () => {
      world.isFirstRun = false;
      return {};
    },
    ...world.told.handlers(),
    'sessions.list': () => ({ sessions: [...world.sessions.values()], total: world.sessions.size }),
    'sessions.get': ({ session_id }) => session(session_id),
    'sessions.health': () => ({
      status_breakdown: countByStatus(world.sessions.values()),
      degraded: 0,
      flapping: 0,
      probes: 0,
      reconnects: { total: 20, last_hour: 3, last_24h: world.past.filter((at) => at > Date.now() - DAY).length },
    }),
    'sessions.timeline': ({ session_id, before_seq = Number.MAX_SAFE_INTEGER, kinds, limit = 100 }) => {
      const own = world.log
        .filter((event) => event.session_id === session_id && event.seq < before_seq)
        .filter((event) => !kinds || kinds.includes(event.kind))
        .reverse();
      return { events: own.slice(0, limit), has_more: own.length > limit };
    },
    'sessions.issue_token': ({ session_id }) => {
      const at = Date.now();
      const expires_at = at + 15 * MINUTE;
      world.append({ kind: 'token_issued', at, session_id, payload: { generation: 1, expires_at, door: 'window' } });
      return { session_id, reconnect_token: `canary.${'a1B2c3D4'.repeat(30)}`, expires_in_minutes: 15 };
    },
    'sessions.disconnect': ({ session_id }) => {
      const at = Date.now();
      world.append({ kind: 'session_disconnected', at, session_id, payload: { reason: 'user', contact_lost_at: at } });
      return session(session_id);
    },
    'sessions.close': ({ session_id }) => {
      const payload = { reason: 'user', superseded_by: null } as const;
      world.append({ kind: 'session_closed', at: Date.now(), session_id, payload });
      return session(session_id);
    },
    'sessions.names': () => ({ names: world.names }),
    'sessions.set_name': ({ session_id, name }) => {
      world.names = { ...world.names, [session_id]: name };
      return { names: world.names };
    },
    'sessions.set_pinned': ({ session_id, pinned }) => {
      const kind = pinned ? 'session_pinned' : 'session_unpinned';
      world.append({ kind, at: Date.now(), session_id, payload: { door: 'window' } });
      return session(session_id);
    },
    'sessions.offer': ({ session_id, client_id, invited = false, share }) => {
      const client = world.clients.find((one) => one.client_id === client_id);
      if (!client) throw new HoldfastError('client_not_found');
      const at = Date.now();
      const offer = { client_id, client_name: client.name, invited, issued_at: at, expires_at: at + 5 * MINUTE };
      const how = share === undefined ? {} : { share };
      world.append({ kind: 'handover_offered', at, session_id, payload: { ...offer, ...how, door: 'window' } });
      return { session: session(session_id), invitation: invited ? `canary.${'a1B2c3D4'.repeat(30)}` : null };
    },
    'sessions.withdraw_offer': ({ session_id }) => {
      world.append({ kind: 'handover_ended', at: Date.now(), session_id, payload: { reason: 'withdrawn' } });
      return session(session_id);
    },
    'sessions.set_asked': ({ session_id, asks }) => {
      world.append({ kind: 'sharing_changed', at: Date.now(), session_id, payload: { asks, door: 'window' } });
      return session(session_id);
    },
    'sessions.stop_sharing': ({ session_id }) => {
      const { sharing } = session(session_id);
      if (sharing) {
        const { client_name, role } = sharing;
        const payload = { reason: 'stopped', client_name, keeps: role === 'host' } as const;
        world.append({ kind: 'sharing_ended', at: Date.now(), session_id, payload });
      }
      return session(session_id);
    },
    'history.query': ({ range = '24h' }) => world.history(range),
    'history.events': ({ from, to, limit = 200, kinds, before, gaps = false }) => {
      const all = world.log.filter((event) => event.at >= from && event.at < to);
      const older = all
        .filter(({ kind }) => !kinds || kinds.includes(kind))
        .sort((a, b) => b.at - a.at || b.seq - a.seq)
        .filter(({ at, seq }) => !before || at < before.at || (at === before.at && seq < before.seq));
      const away = all.flatMap((event) => (event.kind === 'session_reconnected' ? [event.payload.downtime_ms] : []));
      const totals = {
        count: away.length,
        longest_ms: Math.max(0, ...away),
        total_ms: away.reduce((a, b) => a + b, 0),
      };
      return { events: older.slice(0, limit), has_more: older.length > limit, gaps: gaps ? totals : null };
    },
    'clients.list': () => ({ clients: [...world.clients], unknown_key_at: world.unknownKeyAt }),
    'clients.create': ({ name, type: given = 'other', policy = 'sessionful', new_process = 'new_session' }) => {
      const type = clientTypeSchema.catch('other').parse(given);
      const client_id = `c_new${world.clients.length}`;
      const created_at = Date.now();
      world.clients.push({
        client_id,
        name,
        type,
        type_name: null,
        policy,
        new_process,
        may_take_over: false,
        created_at,
        first_seen_at: null,
        last_seen_at: null,
        key_used_at: null,
        old_key: null,
      });
      world.append({ kind: 'client_created', at: created_at, session_id: null, payload: { client_id, name, type } });
      return { client_id, client_key: `hf_${'k'.repeat(43)}` };
    },
    'clients.set_policy': ({ client_id, policy }) => {
      const index = world.clients.findIndex((client) => client.client_id === client_id);
      const client = world.clients[index];
      if (!client) throw new HoldfastError('client_not_found');
      const changed = { ...client, policy };
      world.clients[index] = changed;
      return changed;
    },
    'clients.set_may_take_over': ({ client_id, may_take_over }) => {
      const index = world.clients.findIndex((one) => one.client_id === client_id);
      const client = world.clients[index];
      if (!client) throw new HoldfastError('client_not_found');
      world.clients[index] = { ...client, may_take_over };
      return { ...client, may_take_over };
    },
    'clients.set_new_process': ({ client_id, new_process }) => {
      const index = world.clients.findIndex((client) => client.client_id === client_id);
      const client = world.clients[index];
      if (!client) throw new HoldfastError('client_not_found');
      const changed = { ...client, new_process };
      world.clients[index] = changed;
      return changed;
    },
    'clients.renew_key': ({ client_id }) => {
      const index = world.clients.findIndex((client) => client.client_id === client_id);
      const client = world.clients[index];
      if (!client) throw new HoldfastError('client_not_found');
      const old_key_until = Date.now() + 15 * MINUTE;
      const old_key = { valid_until: old_key_until, last_used_at: client.key_used_at };
      world.clients[index] = { ...client, key_used_at: null, old_key };
      const payload = { client_id, name: client.name, old_key_until };
      world.append({ kind: 'client_key_renewed', at: Date.now(), session_id: null, payload });
      return { client_id, client_key: `hf_${'n'.repeat(43)}`, old_key_until };
    },
    'clients.end_old_key': ({ client_id }) => {
      const index = world.clients.findIndex((client) => client.client_id === client_id);
      const client = world.clients[index];
      if (!client) throw new HoldfastError('client_not_found');
      const payload = { client_id, name: client.name, reason: 'user' as const };
      world.append({ kind: 'client_key_ended', at: Date.now(), session_id: null, payload });
      const changed = { ...client, old_key: null };
      world.clients[index] = changed;
      return changed;
    },
    'clients.remove': ({ client_id }) => {
      const index = world.clients.findIndex((client) => client.client_id === client_id);
      const [client] = world.clients.splice(index, 1);
      if (!client) throw new HoldfastError('client_not_found');
      const payload = { client_id, name: client.name };
      world.append({ kind: 'client_removed', at: Date.now(), session_id: null, payload });
      return {};
    },
    ...world.connect.handlers(),
    ...diagnosticsHandlers(),
    ...world.servers.handlers(),
    ...world.settings.handlers(),
    ...world.privacy.handlers(),
    ...world.visibility.handlers(),
  };
}
