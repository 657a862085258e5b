import type { ServerStopReason } from '../../shared/contract/event';
import type { Login as LoginView } from '../../shared/contract/login';
import type { ServerInstance } from '../../shared/contract/server';
import { said } from '../../shared/messages/said';
import { NO_LOGIN } from '../../shared/model/no-login';
import { MINUTE, type Ms } from '../../shared/model/units';
import { isObject, type Params } from '../mcp/json-rpc';
import { type ListedKind, listedKind } from '../mcp/lists/item-rules';
import { Listings } from '../mcp/lists/listings';
import { LookedAt } from '../mcp/lists/looked-at';
import { pointedOut } from '../mcp/lists/pointed-out';
import type { ListRemark } from '../mcp/lists/sound-list';
import type { InitializeResult } from '../mcp/server-channel';
import { LEARNING_KEY } from '../mcp/server-source';
import type { StoredLists } from '../mcp/stored-lists';
import { randomText } from '../platform/random-text';
import type { ServerRunState } from './config/server-runtime';
import { ownInitializeParams } from './instance/handshake';
import { Instance } from './instance/instance';
import type { InstanceOwner, UpstreamDeps } from './instance/instance-owner';
import { NOTHING_BEHIND } from './instance/instance-row';
import { SafeCalls } from './instance/safe-calls';
import { type ChannelOwner, UpstreamChannel } from './instance/upstream-channel';
import { hasServed } from './limits/process-limits';
import { ListRemarks } from './list-remarks';
import type { Login } from './login/login';
import { linesWithin, type OutputLine, PastOutput, type WrittenLine } from './past-output';
import { withoutSecrets } from './redaction';
import { NO_FAILURES, type Restarts } from './restarts/restart-policy';
import type { ServerConnection } from './server-connection';
import type { InstanceRecord, ServerConfig } from './upstream-ports';

/** Instances that started for a session that gave up, kept for the next one. */
const MAX_SPARES = 2;
/** How long one of them is kept when nobody needs it. */
const SPARE_LIMIT: Ms = 5 * MINUTE;
/** Key of a shared server's only instance. */
const ALL = '';

/** The part of a server's state that is known without asking its process or the keeper. */
export type ServerStatus = Omit<ServerRunState, 'stderr_tail' | 'instances'> & {
  readonly instances: readonly Omit<ServerInstance, 'rss_bytes' | 'cpu_percent'>[];
};

/** A configured server with its instances: one per session, or one shared by all. */
export class Server implements InstanceOwner, ChannelOwner {
  readonly deps: UpstreamDeps;
  readonly safe = new SafeCalls();
  config: ServerConfig;
  starts: Restarts = NO_FAILURES;
  lastError: string | null = null;
  /** Holdfast is stopping: what runs is left to the next one. */
  isStopping = false;
  private readonly byKey = new Map<string, Instance>();
  private readonly spares = new Set<Instance>();
  private isSlow = false;
  private readonly channels = new Set<UpstreamChannel>();
  /** Sessions without a client: since when, by the wall clock (`at`) and by the monotonic clock (`since`). */
  private readonly lost = new Map<string, { readonly at: Ms; readonly since: Ms }>();
  private lastErrorAt: Ms | null = null;
  private lastFailed: ServerConnection | null = null;
  private readonly pastOutput = new PastOutput();
  private restarts = 0;
  /** How often a person has stopped all that runs of it, and what runs for one session. */
  private stops = 0;
  private readonly stopsOf = new Map<string, number>();
  private readonly listRemarks = new ListRemarks();
  private readonly lookedAt = new LookedAt();
  private lastSaid: InitializeResult | null = null;

  constructor(deps: UpstreamDeps, config: ServerConfig) {
    this.deps = deps;
    this.config = config;
    const known = deps.failures.of(config);
    if (!known) return;
    // It did not start for an earlier Holdfast, and stays down until it starts.
    this.starts = { ...NO_FAILURES, attempt: 1 };
    this.lastError = known.error;
    this.lastErrorAt = known.failed_at;
  }

  get login(): Login | null {
    return this.deps.loginOf(this.config);
  }

  /** The latest answer to `initialize`, also of instances that are gone; null if there was none. */
  get said(): InitializeResult | null {
    const running = this.instances.findLast((instance) => instance.said)?.said;
    return this.lastSaid ?? running ?? this.login?.introduction ?? null;
  }

  get isShared(): boolean {
    return this.config.policy !== 'per-session';
  }

  get instances(): readonly Instance[] {
    return [...this.byKey.values(), ...this.spares];
  }

  /** Opens a channel for a session, without starting anything. */
  connect(sessionKey: string, takesNotes: boolean): UpstreamChannel {
    const channel = new UpstreamChannel(this, this.instanceOf(sessionKey), sessionKey, takesNotes);
    this.channels.add(channel);
    return channel;
  }

  /** The instance that serves a session; created, but not started, if there is none. */
  instanceOf(sessionKey: string): Instance {
    const key = this.isShared ? ALL : (this.deps.sessions(sessionKey).host ?? sessionKey);
    const known = this.byKey.get(key);
    if (known) return known;
    const { clock, random, version } = this.deps;
    const instance = new Instance(
      this,
      {
        instance_id: `i_${randomText(random, 12)}`,
        server: this.config.name,
        session_key: this.isShared ? null : key,
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
    this.knowGuest(key);
    return instance;
  }

  /** Whether there is an instance for the session, or the shared instance if null. */
  serves(sessionKey: string | null): boolean {
    return this.byKey.has(sessionKey ?? ALL);
  }

  /** Recreates an instance from an earlier Holdfast. */
  restore(record: InstanceRecord): Instance {
    const instance = new Instance(this, record, true);
    this.byKey.set(record.session_key ?? ALL, instance);
    if (record.session_key !== null) this.knowGuest(record.session_key);
    return instance;
  }

  /**
   * What one user lists from this server.
   * @param isPartly - whether somebody merges it with other lists, and leaves out what is held back
   */
  listings(isPartly: boolean): Listings {
    return new Listings({
      look: (place, kind, result) => this.look(place, kind, result),
      ...(isPartly ? {} : { isHeld: (tool) => this.isHeld(tool) }),
      note: (method, cursor, remarks) => this.listRemarks.put(method, cursor, remarks),
    });
  }

  /** Points out what is remarkable about what the server listed for an earlier Holdfast, unless it has listed since. */
  remarkOn({ pages }: StoredLists): void {
    const { name } = this.config;
    for (const [key, result] of JSON.parse(pages) as [key: string, result: string][]) {
      const [method, cursor] = JSON.parse(key) as [string, string | null];
      const kind = listedKind(method);
      if (!kind || this.listRemarks.has(method, cursor)) continue;
      const remarks = pointedOut(name, kind, JSON.parse(result), (tool) => this.deps.tools.lookAlike(tool));
      this.listRemarks.put(method, cursor, remarks);
    }
  }

  /** Remembers what tools say of themselves, and says what is to be pointed out. */
  private look(place: string, kind: ListedKind, result: Params): readonly ListRemark[] {
    const { tools } = this.deps;
    const { name } = this.config;
    // A tool of another server may have come that looks like one of these.
    return this.lookedAt.on(place, `${tools.names} ${JSON.stringify(result)}`, () => {
      const listed = result[kind.key];
      if (kind.word === 'tool' && Array.isArray(listed)) tools.listed(name, listed);
      return pointedOut(name, kind, result, (tool) => tools.lookAlike(tool));
    });
  }

  /** See `ServerSource.announcedInVain`. */
  announcedInVain(times: number): void {
    const problem = said('said.list.announced', { times });
    const remark = {
      kind: 'list',
      name: 'tools, prompts or resources',
      problem,
      done: said('said.list.not_told'),
    } as const;
    this.listRemarks.put('list_changed', null, times === 0 ? [] : [remark]);
  }

  /** See `ToolMemory.isHeld`. */
  isHeld(tool: string): boolean {
    return this.deps.tools.isHeld(this.config.name, tool);
  }

  initialized(result: InitializeResult): void {
    this.deps.failures.forget(this.config.name);
    this.lastSaid = result;
    this.deps.tools.introduced(this.config.name, String(result.serverInfo.version ?? ''));
    this.login?.introduced(result);
  }

  closed(channel: UpstreamChannel): void {
    this.channels.delete(channel);
    const { sessionKey } = channel;
    if (this.isStopping || [...this.channels].some((other) => other.sessionKey === sessionKey)) return;
    // A transport that never got a session leaves nothing behind.
    if (this.deps.sessions(sessionKey).isMade || this.keepStarting(sessionKey)) return;
    void this.endSession(sessionKey, 'session_ended');
  }

  started(own: Instance, sessionKey: string, params: Params): Instance {
    const wanted = JSON.stringify(params);
    const isFree = own.state === 'stopped' && this.byKey.get(sessionKey) === own;
    const spare = [...this.spares].find(({ record }) => JSON.stringify(record.initialize_params) === wanted);
    if (!isFree || !spare || this.isShared) return own;
    this.spares.delete(spare);
    spare.moveTo(sessionKey);
    this.byKey.set(sessionKey, spare);
    return spare;
  }

  /** A first start may take long; whoever asks next finds it further on. Returns whether it goes on. */
  private keepStarting(sessionKey: string): boolean {
    const instance = this.byKey.get(sessionKey);
    if (this.isShared || instance?.state !== 'starting' || this.spares.size >= MAX_SPARES) return false;
    this.byKey.delete(sessionKey);
    this.spares.add(instance);
    return true;
  }

  /** Call after the session was created. */
  sessionMade(sessionId: string): void {
    this.byKey.get(sessionId)?.sessionMade();
  }

  /** Another client has the session now: what its old client subscribed to means nothing to it. */
  takenOver(sessionId: string): void {
    this.byKey.get(this.isShared ? ALL : sessionId)?.router.forget(sessionId);
  }

  /**
   * The session shares its servers with another one from now on, or in another way, or no longer. Its calls to an instance that
   * serves it no longer get an error; what such an instance held for it alone is given up.
   */
  sharingChanged(sessionId: string): void {
    if (this.isShared) return;
    this.moveChannels(sessionId);
    // What the guest leaves behind is known until its host shares no longer, whichever of the two is heard of first.
    for (const other of this.byKey.get(sessionId)?.router.sharers ?? []) {
      const { isOver, heir } = this.deps.sessions(other);
      if (other !== sessionId && !isOver && !heir) this.moveChannels(other);
    }
    if (this.deps.sessions(sessionId).host != null) {
      const own = this.byKey.get(sessionId);
      this.byKey.delete(sessionId);
      void own?.end('session_ended');
    }
    this.knowGuest(sessionId);
  }

  private moveChannels(sessionId: string): void {
    for (const channel of this.channels) {
      if (channel.sessionKey !== sessionId) continue;
      const instance = this.instanceOf(sessionId);
      const isMissed = channel.moveTo(instance);
      if (isMissed && this.config.tellsLostState) instance.router.lostState.owe(sessionId, this.noteOfMove());
    }
  }

  /** What models are told that find another state than they left. */
  private noteOfMove(): string {
    const at = new Date(this.deps.clock.now()).toTimeString().slice(0, 5);
    return `[Holdfast] Since ${at} this session uses other processes of the server "${this.config.name}", because sharing began or ended. What the ones before held for it is not here.`;
  }

  private knowGuest(sessionId: string): void {
    this.byKey.get(sessionId)?.share(this.deps.sessions(sessionId).sharing ?? null);
  }

  /** Another session goes on with the instance of one that is over, and both have used it until now. */
  private inherit(from: string, to: string): void {
    const instance = this.byKey.get(from);
    this.byKey.delete(from);
    this.lost.delete(from);
    const stops = this.stopsOf.get(from);
    this.stopsOf.delete(from);
    if (!instance || this.byKey.has(to)) {
      void instance?.end('session_ended');
      return;
    }
    if (stops !== undefined) this.stopsOf.set(to, stops);
    this.byKey.set(to, instance);
    instance.moveTo(to);
    const known = [...this.channels].findLast(({ sessionKey }) => sessionKey === to)?.introduction;
    if (known) instance.learnClient(known);
    this.knowGuest(to);
  }

  /** The session is over: ends its instance or, on a shared server, undoes the settings that only it wanted. */
  async endSession(sessionKey: string, reason: ServerStopReason): Promise<void> {
    if (this.isShared) {
      this.byKey.get(ALL)?.router.forget(sessionKey);
      return;
    }
    const { heir } = this.deps.sessions(sessionKey);
    if (heir) {
      this.inherit(sessionKey, heir);
      return;
    }
    const instance = this.byKey.get(sessionKey);
    this.byKey.delete(sessionKey);
    this.lost.delete(sessionKey);
    this.stopsOf.delete(sessionKey);
    await instance?.end(reason);
  }

  /** Ends all instances for good and closes all channels. */
  async endAll(reason: ServerStopReason): Promise<void> {
    const instances = this.instances;
    this.byKey.clear();
    this.spares.clear();
    const ended = Promise.allSettled(instances.map((instance) => instance.end(reason)));
    for (const channel of [...this.channels]) channel.drop();
    await ended;
  }

  /** The configuration entry changed: restarts what runs with the new one. */
  replaceAll(): void {
    this.starts = NO_FAILURES;
    this.safe.forget();
    this.listRemarks.clear();
    this.lastSaid = null;
    this.lastError = null;
    this.lastErrorAt = null;
    for (const instance of this.instances) instance.replace(this.config.fingerprint);
  }

  /** Call after the login has changed. */
  loginChanged(): void {
    for (const instance of this.instances) instance.loginChanged();
  }

  failed(sentence: string, connection: ServerConnection | null): void {
    this.isSlow = false;
    this.lastFailed = connection;
    if (connection) void this.remember(connection);
    this.lastError = sentence;
    this.lastErrorAt = this.deps.clock.now();
    // A process that ran and ended is no failed start.
    if (this.starts.attempt === 0) return;
    const { name, fingerprint } = this.config;
    this.deps.failures.note({ server: name, fingerprint, error: sentence, failed_at: this.lastErrorAt });
  }

  slow(sentence: string): void {
    this.isSlow = true;
    this.lastError = sentence;
    this.lastErrorAt = this.deps.clock.now();
  }

  cameUp(): void {
    if (!this.isSlow) return;
    this.isSlow = false;
    this.lastError = null;
    this.lastErrorAt = null;
  }

  restarted(): void {
    this.restarts += 1;
  }

  /** Ends instances of sessions that are over, and stops idle ones. Call it every few seconds. */
  sweep(): void {
    const { policy, idleStop } = this.config;
    for (const spare of this.spares) {
      if (spare.isWanted && spare.unusedFor < SPARE_LIMIT) continue;
      this.spares.delete(spare);
      void spare.end('idle');
    }
    for (const instance of this.byKey.values()) {
      instance.router.sweep();
      const { session_key } = instance.record;
      if (session_key === null) {
        if (policy === 'lazy' && instance.isWanted && instance.unusedFor >= idleStop) void instance.stop('idle');
        continue;
      }
      const { isOver, lostAt, isPinned, heir } = this.deps.sessions(session_key);
      // Whoever learns the lists of the server closes its channel, which ends the instance.
      if (session_key === LEARNING_KEY && [...this.channels].some((one) => one.sessionKey === session_key)) continue;
      if (isOver || heir) void this.endSession(session_key, 'session_ended');
      else if (
        instance.isWanted &&
        !isPinned &&
        hasServed(instance.uses, this.lostFor(session_key, lostAt), instance.unusedFor, idleStop)
      ) {
        void instance.stop('idle');
      }
    }
  }

  /** Call when the machine has woken: lost connections are noticed and replaced now rather than at their next use. */
  wake(): void {
    for (const instance of this.instances) instance.wake();
  }

  /** Tries to start now, regardless of earlier failures. */
  retry(): void {
    // Instances stopped on purpose stay stopped.
    const failed = this.instances.filter(({ state }) => state === 'waiting' || state === 'circuit_open');
    const retried = this.isShared ? [this.instanceOf(ALL)] : failed;
    // With nothing to start, the server counts as down until a start succeeds.
    this.starts = retried.length > 0 ? NO_FAILURES : { ...NO_FAILURES, attempt: this.starts.attempt };
    for (const instance of retried) instance.retry();
  }

  /** Ends what runs and starts it anew with the same entry; what is down is tried now, what nobody uses stays stopped. */
  restart(): void {
    const wanted = this.instances.filter(({ isWanted }) => isWanted);
    if (wanted.length === 0) {
      this.retry();
      return;
    }
    this.starts = NO_FAILURES;
    for (const instance of wanted) instance.restart();
  }

  /** Ends what runs and what is planned after a failure. Sessions keep their instances, which start at their next use. */
  async stop(): Promise<void> {
    this.stops += 1;
    await Promise.all(this.instances.filter(({ isWanted }) => isWanted).map((instance) => instance.stop('stopped')));
  }

  /** The same for one instance. Does nothing if it is gone, or does not run. */
  async stopOne(instanceId: string): Promise<void> {
    const instance = this.instances.find(({ record }) => record.instance_id === instanceId);
    if (!instance?.isWanted) return;
    const { session_key: key } = instance.record;
    if (key === null || key === LEARNING_KEY) this.stops += 1;
    else this.stopsOf.set(key, (this.stopsOf.get(key) ?? 0) + 1);
    await instance.stop('stopped');
  }

  /** See `ServerSource.timesStopped`. */
  timesStopped(sessionKey: string): number {
    // No session has this key, and the database may be closed by the time a start fails.
    if (sessionKey === LEARNING_KEY) return this.stops;
    return this.stops + (this.stopsOf.get(this.deps.sessions(sessionKey).host ?? sessionKey) ?? 0);
  }

  /** The newest lines of standard error output of what runs, or else of what failed last, without secrets. */
  async stderr(): Promise<string[]> {
    const running = this.instances.filter(({ state }) => state === 'running' || state === 'starting');
    const lines =
      running.length === 0
        ? ((await this.lastFailed?.stderr()) ?? [])
        : (await Promise.all(running.map((instance) => instance.stderr()))).flat();
    return lines.map((line) => withoutSecrets(line, this.config.target));
  }

  /** What its processes wrote to standard error from `from` on and before `to`, oldest first, without secrets. */
  async output(from: Ms, to: Ms): Promise<WrittenLine[]> {
    const running = this.instances.filter(({ state }) => state === 'running' || state === 'starting');
    const present = await Promise.all(
      running.map(async (instance) => ({ lines: this.safeLines(await instance.output()), pid: instance.record.pid })),
    );
    return linesWithin([...this.pastOutput.all, ...present], from, to);
  }

  private async remember(connection: ServerConnection): Promise<void> {
    const lines = await connection.output().catch(() => []);
    this.pastOutput.add(this.safeLines(lines), connection.child?.pid ?? null);
  }

  private safeLines(lines: readonly OutputLine[]): OutputLine[] {
    return lines.map(({ at, text }) => ({ at, text: withoutSecrets(text, this.config.target) }));
  }

  status(): ServerStatus {
    const instances = this.instances;
    const said = instances.findLast((instance) => instance.said)?.said ?? null;
    const next = instances.flatMap(({ nextTryAt }) => (nextTryAt === null ? [] : [nextTryAt]));
    const running = [...this.byKey.values()].filter(({ state }) => state === 'running').map(({ record }) => record);
    const using = new Set([...this.channels].map(({ sessionKey }) => sessionKey));
    for (const { session_key } of running) if (session_key !== null) using.add(session_key);
    return {
      state: this.stateOf(instances),
      instances: instances.map((instance) => statusOf(instance)),
      sessions_using: using.size,
      running_calls: instances.reduce((sum, instance) => sum + instance.runningCalls, 0),
      restarts: this.restarts,
      attempt: this.starts.attempt,
      last_error: this.lastError,
      last_error_at: this.lastErrorAt,
      next_try_at: next.length === 0 ? null : Math.min(...next),
      server_info: infoOf(said?.serverInfo),
      protocol_version: said?.protocolVersion ?? null,
      login: this.loginView(),
      tool_changes: this.deps.tools.count(this.config.name),
      list_remarks: this.listRemarks.view((text) => withoutSecrets(text, this.config.target)),
    };
  }

  /** How long the session has had no client, counting only time the machine was awake. */
  private lostFor(sessionKey: string, lostAt: Ms | null): Ms {
    const { clock } = this.deps;
    const known = this.lost.get(sessionKey);
    if (lostAt === null) {
      this.lost.delete(sessionKey);
      return 0;
    }
    const now = clock.now();
    const awake = now - lostAt - (this.deps.asleep?.(lostAt, now) ?? 0);
    const since = known?.at === lostAt ? known.since : clock.monotonic() - Math.max(0, awake);
    this.lost.set(sessionKey, { at: lostAt, since });
    return clock.monotonic() - since;
  }

  private loginView(): LoginView {
    const { login, instances } = this;
    if (!login) return NO_LOGIN;
    return { ...login.view(), held_calls: instances.reduce((sum, instance) => sum + instance.heldCalls, 0) };
  }

  private stateOf(instances: readonly Instance[]): ServerStatus['state'] {
    if (this.login?.isNeeded) return 'needs_login';
    const states = new Set(instances.map(({ state }) => state));
    if (states.has('running')) return 'running';
    if (states.has('starting')) return 'starting';
    if (this.starts.isOpen || states.has('circuit_open')) return 'circuit_open';
    // A failed start means it is down, even if no instance is left that would be retried automatically.
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
