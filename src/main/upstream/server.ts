import type { ServerStopReason } from '../../shared/contract/event';
import type { ServerInstance } from '../../shared/contract/server';
import { isSessionId } from '../../shared/model/ids';
import type { Ms } from '../../shared/model/units';
import { isObject } from '../mcp/json-rpc';
import type { Home } from '../mcp/server-channel';
import { randomText } from '../platform/random-text';
import type { ServerRunState } from './config/server-runtime';
import { withoutSecrets } from './failure-text';
import { ownInitializeParams } from './instance/handshake';
import { Instance } from './instance/instance';
import type { InstanceOwner, UpstreamDeps } from './instance/instance-owner';
import { NOTHING_BEHIND } from './instance/instance-row';
import { SafeCalls } from './instance/safe-calls';
import { type ChannelOwner, UpstreamChannel } from './instance/upstream-channel';
import { NO_FAILURES, type Restarts } from './restarts/restart-policy';
import type { ServerConnection } from './server-connection';
import type { Homes } from './session-keys';
import type { InstanceRecord, ServerConfig } from './upstream-ports';

/** Key of the one instance of a server that all share. */
const ALL = '';

/** What is shown of a server without asking anybody. */
export type ServerStatus = Omit<ServerRunState, 'stderr_tail' | 'instances'> & {
  readonly instances: readonly Omit<ServerInstance, 'rss_bytes'>[];
};

/** One configured server with its instances: one a home, or one for all. */
export class Server implements InstanceOwner, ChannelOwner {
  readonly deps: UpstreamDeps;
  readonly safe = new SafeCalls();
  config: ServerConfig;
  starts: Restarts = NO_FAILURES;
  lastError: string | null = null;
  /** Holdfast stops: what runs is left to the next one. */
  isStopping = false;
  private readonly byHome = new Map<string, Instance>();
  private readonly channels = new Set<UpstreamChannel>();
  /** Homes where nobody is: since when by the wall clock, and by the monotonic one. */
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
    return [...this.byHome.values()];
  }

  /** A new channel for a home. Nothing is started by that. */
  connect(home: Home): UpstreamChannel {
    const channel = new UpstreamChannel(this, this.instanceOf(home.id), home);
    this.channels.add(channel);
    return channel;
  }

  /** The instance that serves a home; made, not started, when there is none. */
  instanceOf(home: string): Instance {
    const key = this.isShared ? ALL : home;
    const known = this.byHome.get(key);
    if (known) return known;
    const { clock, random, version } = this.deps;
    const instance = new Instance(
      this,
      {
        instance_id: `i_${randomText(random, 12)}`,
        server: this.config.name,
        home: this.isShared ? null : home,
        fingerprint: this.config.fingerprint,
        client_settings: {},
        ...NOTHING_BEHIND,
        initialize_params: this.isShared ? ownInitializeParams(version) : null,
        started_at: clock.now(),
        restarts: 0,
      },
      false,
    );
    this.byHome.set(key, instance);
    return instance;
  }

  /** Whether there is an instance for the home; null asks for that of all. */
  serves(home: string | null): boolean {
    return this.byHome.has(home ?? ALL);
  }

  /** Takes up an instance that an earlier Holdfast had. */
  restore(record: InstanceRecord): Instance {
    const instance = new Instance(this, record, true);
    this.byHome.set(record.home ?? ALL, instance);
    return instance;
  }

  rehome(_channel: UpstreamChannel, from: string, to: string): Instance {
    if (this.isShared) {
      const instance = this.instanceOf(to);
      instance.router.rename(from, to);
      return instance;
    }
    const instance = this.byHome.get(from);
    const known = this.byHome.get(to);
    if (known && known !== instance) {
      // The session has come back: what it had before is what counts.
      void this.endHome(from, 'session_ended');
      return known;
    }
    if (!instance) return this.instanceOf(to);
    this.byHome.delete(from);
    this.byHome.set(to, instance);
    instance.rename(to);
    return instance;
  }

  closed(channel: UpstreamChannel): void {
    this.channels.delete(channel);
    const isLast = ![...this.channels].some(({ home }) => home === channel.home);
    // A transport that never came to a session leaves nothing behind.
    if (!channel.isOfSession && isLast && !this.isStopping) void this.endHome(channel.home, 'session_ended');
  }

  /** A home is no more: its instance ends; from one that all share, what only it wanted is taken back. */
  async endHome(home: string, reason: ServerStopReason): Promise<void> {
    if (this.isShared) {
      this.byHome.get(ALL)?.router.forget(home);
      return;
    }
    const instance = this.byHome.get(home);
    this.byHome.delete(home);
    this.lost.delete(home);
    await instance?.end(reason);
  }

  /** Ends everything, for good, and tells those who use it. */
  async endAll(reason: ServerStopReason): Promise<void> {
    const instances = this.instances;
    this.byHome.clear();
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
  sweep(homes: Homes): void {
    const { policy, idleStop } = this.config;
    for (const instance of this.instances) {
      instance.router.sweep();
      const { home } = instance.record;
      if (home === null) {
        if (policy === 'lazy' && instance.isWanted && instance.unusedFor >= idleStop) void instance.stop('idle');
        continue;
      }
      const { isOver, lostAt } = homes(home);
      if (isOver) void this.endHome(home, 'session_ended');
      else if (this.lostFor(home, lostAt) >= idleStop && instance.isWanted && instance.unusedFor > 0) {
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
    const using = new Set([...this.channels].map(({ home }) => home));
    for (const { record, state } of instances) if (record.home !== null && state === 'running') using.add(record.home);
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

  /** How long nobody was there for a home, while the machine was awake. */
  private lostFor(home: string, lostAt: Ms | null): Ms {
    const { clock } = this.deps;
    const known = this.lost.get(home);
    if (lostAt === null) {
      this.lost.delete(home);
      return 0;
    }
    const since = known?.at === lostAt ? known.since : clock.monotonic() - Math.max(0, clock.now() - lostAt);
    this.lost.set(home, { at: lostAt, since });
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

function statusOf({ record, state }: Instance): ServerStatus['instances'][number] {
  const { instance_id, home, pid, started_at, restarts } = record;
  const session_id = home !== null && isSessionId(home) ? home : null;
  return { instance_id, session_id, pid, state, started_at: state === 'running' ? started_at : null, restarts };
}

function infoOf(info: unknown): ServerStatus['server_info'] {
  if (!isObject(info)) return null;
  return { name: String(info.name ?? ''), version: String(info.version ?? '') };
}
