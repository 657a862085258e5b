import type { ServerStopReason } from '../../shared/contract/event';
import type { ServerInstance } from '../../shared/contract/server';
import type { Ms } from '../../shared/model/units';
import { isObject } from '../mcp/json-rpc';
import { randomText } from '../platform/random-text';
import type { ServerRunState } from './config/server-runtime';
import { ownInitializeParams } from './instance/handshake';
import { Instance } from './instance/instance';
import type { InstanceOwner, UpstreamDeps } from './instance/instance-owner';
import { NOTHING_BEHIND } from './instance/instance-row';
import { SafeCalls } from './instance/safe-calls';
import { type ChannelOwner, UpstreamChannel } from './instance/upstream-channel';
import { withoutSecrets } from './redaction';
import { NO_FAILURES, type Restarts } from './restarts/restart-policy';
import type { ServerConnection } from './server-connection';
import type { InstanceRecord, ServerConfig } from './upstream-ports';

/** Key of the one instance of a server that all share. */
const ALL = '';

/** What is shown of a server without asking anybody. */
export type ServerStatus = Omit<ServerRunState, 'stderr_tail' | 'instances'> & {
  readonly instances: readonly Omit<ServerInstance, 'rss_bytes'>[];
};

/** One configured server with its instances: one a session, or one for all. */
export class Server implements InstanceOwner, ChannelOwner {
  readonly deps: UpstreamDeps;
  readonly safe = new SafeCalls();
  config: ServerConfig;
  starts: Restarts = NO_FAILURES;
  lastError: string | null = null;
  /** Holdfast stops: what runs is left to the next one. */
  isStopping = false;
  private readonly byKey = new Map<string, Instance>();
  private readonly channels = new Set<UpstreamChannel>();
  /** Sessions where nobody is: since when by the wall clock, and by the monotonic one. */
  private readonly lost = new Map<string, { readonly at: Ms; readonly since: Ms }>();
  private lastErrorAt: Ms | null = null;
  private lastFailed: ServerConnection | null = null;
  private restarts = 0;

  constructor(deps: UpstreamDeps, config: ServerConfig) {
    this.deps = deps;
    this.config = config;
  }

  get isShared(): boolean {
    return this.config.policy !== 'per-session';
  }

  get instances(): readonly Instance[] {
    return [...this.byKey.values()];
  }

  /** A new channel for a session. Nothing is started by that. */
  connect(sessionKey: string): UpstreamChannel {
    const channel = new UpstreamChannel(this, this.instanceOf(sessionKey), sessionKey);
    this.channels.add(channel);
    return channel;
  }

  /** The instance that serves a session; made, not started, when there is none. */
  instanceOf(sessionKey: string): Instance {
    const key = this.isShared ? ALL : sessionKey;
    const known = this.byKey.get(key);
    if (known) return known;
    const { clock, random, version } = this.deps;
    const instance = new Instance(
      this,
      {
        instance_id: `i_${randomText(random, 12)}`,
        server: this.config.name,
        session_key: this.isShared ? null : sessionKey,
        fingerprint: this.config.fingerprint,
        client_settings: {},
        ...NOTHING_BEHIND,
        initialize_params: this.isShared ? ownInitializeParams(version) : null,
        started_at: clock.now(),
        restarts: 0,
      },
      false,
    );
    this.byKey.set(key, instance);
    return instance;
  }

  /** Whether there is an instance for the session; null asks for that of all. */
  serves(sessionKey: string | null): boolean {
    return this.byKey.has(sessionKey ?? ALL);
  }

  /** Takes up an instance that an earlier Holdfast had. */
  restore(record: InstanceRecord): Instance {
    const instance = new Instance(this, record, true);
    this.byKey.set(record.session_key ?? ALL, instance);
    return instance;
  }

  closed(channel: UpstreamChannel): void {
    this.channels.delete(channel);
    const { sessionKey } = channel;
    if (this.isStopping || [...this.channels].some((other) => other.sessionKey === sessionKey)) return;
    // A transport that never came to a session leaves nothing behind.
    if (!this.deps.sessions(sessionKey).isMade) void this.endSession(sessionKey, 'session_ended');
  }

  /** The session was made. */
  sessionMade(sessionId: string): void {
    this.byKey.get(sessionId)?.sessionMade();
  }

  /** A session is no more: its instance ends; from one that all share, what only it wanted is taken back. */
  async endSession(sessionKey: string, reason: ServerStopReason): Promise<void> {
    if (this.isShared) {
      this.byKey.get(ALL)?.router.forget(sessionKey);
      return;
    }
    const instance = this.byKey.get(sessionKey);
    this.byKey.delete(sessionKey);
    this.lost.delete(sessionKey);
    await instance?.end(reason);
  }

  /** Ends everything, for good, and tells those who use it. */
  async endAll(reason: ServerStopReason): Promise<void> {
    const instances = this.instances;
    this.byKey.clear();
    const ended = Promise.allSettled(instances.map((instance) => instance.end(reason)));
    for (const channel of [...this.channels]) channel.drop();
    await ended;
  }

  /** Its entry is another: what runs is ended and started as the entry says now. */
  replaceAll(): void {
    this.starts = NO_FAILURES;
    this.safe.forget();
    for (const instance of this.instances) instance.replace(this.config.fingerprint);
  }

  failed(sentence: string, connection: ServerConnection | null): void {
    this.lastFailed = connection;
    this.lastError = sentence;
    this.lastErrorAt = this.deps.clock.now();
  }

  restarted(): void {
    this.restarts += 1;
  }

  /** Ends what belongs to nobody any more, and stops what nobody has used for long. Call it every few seconds. */
  sweep(): void {
    const { policy, idleStop } = this.config;
    for (const instance of this.instances) {
      instance.router.sweep();
      const { session_key } = instance.record;
      if (session_key === null) {
        if (policy === 'lazy' && instance.isWanted && instance.unusedFor >= idleStop) void instance.stop('idle');
        continue;
      }
      const { isOver, lostAt } = this.deps.sessions(session_key);
      if (isOver) void this.endSession(session_key, 'session_ended');
      else if (this.lostFor(session_key, lostAt) >= idleStop && instance.isWanted && instance.unusedFor > 0) {
        void instance.stop('idle');
      }
    }
  }

  /** The machine has slept: a connection that is gone shows now, and not at its next use. */
  probe(): void {
    for (const instance of this.instances) instance.probe();
  }

  /** Tries again now, whatever failed before. */
  retry(): void {
    // One that was stopped on purpose is not what is waited for.
    const failed = this.instances.filter(({ state }) => state === 'waiting' || state === 'circuit_open');
    const retried = this.isShared ? [this.instanceOf(ALL)] : failed;
    // With nothing to start it stays down until a start shows that it is not.
    this.starts = retried.length > 0 ? NO_FAILURES : { ...NO_FAILURES, attempt: this.starts.attempt };
    for (const instance of retried) instance.retry();
  }

  /** Newest lines of standard error output of what runs, or else of what failed last. */
  async stderr(): Promise<string[]> {
    const running = this.instances.filter(({ state }) => state === 'running' || state === 'starting');
    const lines =
      running.length === 0
        ? ((await this.lastFailed?.stderr()) ?? [])
        : (await Promise.all(running.map((instance) => instance.stderr()))).flat();
    return lines.map((line) => withoutSecrets(line, this.config.target));
  }

  status(): ServerStatus {
    const instances = this.instances;
    const said = instances.findLast((instance) => instance.said)?.said ?? null;
    const next = instances.flatMap(({ nextTryAt }) => (nextTryAt === null ? [] : [nextTryAt]));
    const running = instances.filter(({ state }) => state === 'running').map(({ record }) => record);
    const using = new Set([...this.channels].map(({ sessionKey }) => sessionKey));
    for (const { session_key } of running) if (session_key !== null) using.add(session_key);
    return {
      state: this.stateOf(instances),
      instances: instances.map((instance) => statusOf(instance)),
      sessions_using: using.size,
      restarts: this.restarts,
      attempt: this.starts.attempt,
      last_error: this.lastError,
      last_error_at: this.lastErrorAt,
      next_try_at: next.length === 0 ? null : Math.min(...next),
      server_info: infoOf(said?.serverInfo),
      protocol_version: said?.protocolVersion ?? null,
    };
  }

  /** How long nobody was there for a session, while the machine was awake. */
  private lostFor(sessionKey: string, lostAt: Ms | null): Ms {
    const { clock } = this.deps;
    const known = this.lost.get(sessionKey);
    if (lostAt === null) {
      this.lost.delete(sessionKey);
      return 0;
    }
    const since = known?.at === lostAt ? known.since : clock.monotonic() - Math.max(0, clock.now() - lostAt);
    this.lost.set(sessionKey, { at: lostAt, since });
    return clock.monotonic() - since;
  }

  private stateOf(instances: readonly Instance[]): ServerStatus['state'] {
    const states = new Set(instances.map(({ state }) => state));
    if (states.has('running')) return 'running';
    if (states.has('starting')) return 'starting';
    if (this.starts.isOpen || states.has('circuit_open')) return 'circuit_open';
    // After a failed start it is down, even if nobody is there any more for whom it would be tried again by itself.
    return states.has('waiting') || this.starts.attempt > 0 ? 'waiting' : 'stopped';
  }
}

function statusOf({ record, sessionId, state }: Instance): ServerStatus['instances'][number] {
  const { instance_id, pid, started_at, restarts } = record;
  return {
    instance_id,
    session_id: sessionId,
    pid,
    state,
    started_at: state === 'running' ? started_at : null,
    restarts,
  };
}

function infoOf(info: unknown): ServerStatus['server_info'] {
  if (!isObject(info)) return null;
  return { name: String(info.name ?? ''), version: String(info.version ?? '') };
}
