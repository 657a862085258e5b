import type { HoldfastEvent, NewEvent } from '../../shared/contract/event';
import type { ServerTest } from '../../shared/contract/server';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { type LongCallMode, longCallMode } from '../../shared/model/long-call-rules';
import type { ProcessLimits } from '../../shared/model/policy';
import { type Ms, SECOND } from '../../shared/model/units';
import { type Extensions, extensionsIn } from '../mcp/extensions';
import type { Params } from '../mcp/json-rpc';
import type { Listings } from '../mcp/lists/listings';
import type { ServerChannel } from '../mcp/server-channel';
import type { ServerSource } from '../mcp/server-source';
import type { StoredLists } from '../mcp/stored-lists';
import { within } from '../platform/deadline';
import type { Clock } from '../platform/ports';
import { AwakeClock } from '../sessions/awake-clock';
import type { ServerRunState, ServerRuntime } from './config/server-runtime';
import type { InstanceChange, UpstreamDeps } from './instance/instance-owner';
import type { KeeperLink, ProcessUse } from './keeper/keeper-ports';
import type { HeldProcess } from './limits/process-limits';
import { ProcessRoom } from './limits/process-room';
import type { Login } from './login/login';
import type { Logins } from './login/logins';
import type { WrittenLine } from './past-output';
import { adoptInstances } from './restarts/adoption';
import { NO_FAILURES } from './restarts/restart-policy';
import { Waking } from './restarts/waking';
import { Server } from './server';
import type { ServerStatus } from './server-status';
import { testServer } from './test-server';
import type { HeldListener, ToolMemory } from './tools/tool-memory';
import type { HttpTarget, InstanceRepository, ServerConfig, ServerConfigs } from './upstream-ports';

/** Interval between checks for ended sessions and idle instances. */
const SWEEP: Ms = 10 * SECOND;
/** Interval between checks of how much memory servers use. */
const WEIGH: Ms = 30 * SECOND;
/** How long to wait for values that are only displayed. */
const ASK_LIMIT: Ms = SECOND - 200;
const TAIL = 20;
const SHARING_KINDS: ReadonlySet<string> = new Set(['sharing_started', 'sharing_changed', 'sharing_ended']);
const MAX_STDERR = 500;

export interface ServersOptions extends Omit<UpstreamDeps, 'commit' | 'admit' | 'loginOf' | 'waking'> {
  readonly limits: ProcessLimits;
  readonly configs: ServerConfigs;
  readonly logins: Logins;
  /** What servers listed for an earlier Holdfast. */
  readonly storedLists: () => readonly StoredLists[];
  readonly instances: InstanceRepository;
  /** Runs `work` in one transaction. */
  readonly transaction: <T>(work: () => T) => T;
  /** Appends events to the log within the current transaction. */
  readonly append: (events: readonly NewEvent[]) => HoldfastEvent[];
  /** Delivers committed events to all subscribers. */
  readonly publish: (events: readonly HoldfastEvent[]) => void;
  /** Calls the listener for all committed events. Returns a function that unsubscribes. */
  readonly subscribe: (listener: (events: readonly HoldfastEvent[]) => void) => () => void;
}

/**
 * The configured servers. Decides which of their processes and connections run and for which session, and what happens
 * to them when sessions end, the configuration changes or Holdfast restarts.
 *
 * Order on startup: {@link start} before anything is served; `ServerChannel.resume` for calls made before the restart;
 * {@link open}; {@link warmUp} once the endpoint listens. On shutdown: {@link prepareStop} before channels are closed,
 * {@link stop} after.
 */
export class Servers implements ServerSource, ServerRuntime {
  private readonly options: ServersOptions;
  private readonly deps: UpstreamDeps;
  private readonly room: ProcessRoom;
  private readonly byName = new Map<string, Server>();
  private readonly listeners = new Set<() => void>();
  private readonly endings: (() => void)[] = [];
  private knownKeeper: number | null = null;
  private hasRemarked = false;
  private readonly waking: Waking;

  constructor(options: ServersOptions) {
    this.options = options;
    // Does not advance while the machine sleeps.
    const time = new AwakeClock(options.clock);
    const clock: Clock = { now: () => options.clock.now(), monotonic: () => time.exact() };
    this.waking = new Waking(clock);
    this.deps = {
      ...options,
      clock,
      waking: this.waking,
      commit: (change) => this.commit(change),
      loginOf: (config) => options.logins.of(config),
      admit: ({ instance_id: id, server, session_key }) =>
        this.room.admit({ id, server, client: this.clientOf(session_key) }),
    };
    this.room = new ProcessRoom({
      ...options,
      clock,
      held: (except) => this.held(except),
      memory: async (held) => {
        const uses = await this.measuredOf(new Set(held.map(({ id }) => id)));
        return new Map([...uses].map(([id, { bytes }]) => [id, bytes]));
      },
      end: (id) =>
        void this.all()
          .find(({ record }) => record.instance_id === id)
          ?.stop('limit'),
    });
  }

  /**
   * Adopts or ends whatever kept running while Holdfast was not. Starts nothing; what was adopted stays silent until
   * {@link open}. Takes at most half a second.
   * @param lostContactAt - when an earlier Holdfast is last known to have run, by the wall clock
   * @throws HoldfastError `already_running` when another Holdfast owns the processes
   */
  async start(lostContactAt: Ms): Promise<void> {
    const { configs, keeper, logins, subscribe, timers, instances } = this.options;
    logins.configure(configs.list());
    this.options.failures.keepOnly(configs.list());
    for (const config of configs.list()) this.byName.set(config.name, new Server(this.deps, config));
    keeper.onLost((pid, children) => this.keeperLost(pid, children));
    const wasFound = await keeper.attach();
    this.knownKeeper = keeper.keeper?.pid ?? null;
    adoptInstances({
      deps: this.deps,
      lostContactAt,
      wasFound,
      rows: instances.all(),
      questions: instances.questions(),
      serverOf: (name) => this.byName.get(name) ?? null,
    });
    keeper.endStrays().then(
      (servers) => servers > 0 && this.options.log.warn({ servers }, 'processes that were left over have been ended'),
      (err) => this.options.log.warn({ err }, 'processes that were left over could not be looked for'),
    );
    this.endings.push(
      configs.onChange(() => this.configure()),
      logins.onChange((server) => this.byName.get(server)?.loginChanged()),
      subscribe((events) => this.follow(events)),
      timers.every(SWEEP, () => this.sweep()),
      timers.every(WEIGH, () => void this.room.keepMemory().catch(() => {})),
    );
  }

  /** Starts listening to adopted servers. Call it after resuming the calls made before the restart. */
  open(): void {
    for (const instance of this.all()) instance.listen();
    this.options.heldCalls.forgetLeft();
  }

  /** Starts servers with the policy `shared`, which always run. */
  warmUp(): void {
    if (!this.hasRemarked)
      for (const lists of this.options.storedLists()) this.byName.get(lists.server)?.remarkOn(lists);
    this.hasRemarked = true;
    for (const server of this.usable()) {
      if (server.config.policy === 'shared') server.instanceOf('').warmUp();
    }
  }

  enabled(): readonly string[] {
    return [...this.byName.values()].flatMap(({ config }) => (config.enabled ? [config.name] : []));
  }

  offered(): readonly string[] {
    return this.usable().map(({ config }) => config.name);
  }

  /** The server's state, read without waiting for its process or the keeper; null when no valid entry has this name. */
  stateOf(name: string): ServerStatus | null {
    return this.byName.get(name)?.status() ?? null;
  }

  extensionsOf(name: string): Extensions | null {
    const said = this.byName.get(name)?.said ?? null;
    return said && extensionsIn(said.capabilities);
  }

  capabilitiesOf(name: string): Params | null {
    return this.byName.get(name)?.said?.capabilities ?? null;
  }

  /** For whoever passes on list answers of this server past its channels; null when no valid entry has this name. */
  listingsOf(name: string): Listings | null {
    return this.byName.get(name)?.listings(false) ?? null;
  }

  runsForAll(name: string): boolean {
    const server = this.byName.get(name);
    return server?.isShared === true && server.instances.some(({ state }) => state === 'running');
  }

  serversKey(sessionId: string): string {
    return this.deps.sessions(sessionId).host ?? sessionId;
  }

  heldBack(name: string, tool: string): boolean {
    return this.options.tools.isHeld(name, tool);
  }

  /** Whether calls of a tool become a handle when they last longer than their client waits. */
  longCallsOf(name: string, tool: string): LongCallMode {
    return longCallMode(this.byName.get(name)?.config.longCalls, tool);
  }

  onHeld(listener: HeldListener): () => void {
    return this.options.tools.onHeld(listener);
  }

  /** What servers' tools say of themselves, and what of it has changed. */
  get tools(): ToolMemory {
    return this.options.tools;
  }

  announcedInVain(name: string, times: number): void {
    this.byName.get(name)?.announcedInVain(times);
  }

  timesStopped(name: string, sessionKey: string): number {
    return this.byName.get(name)?.timesStopped(sessionKey) ?? 0;
  }

  fingerprintOf(name: string): string | null {
    return this.byName.get(name)?.config.fingerprint ?? null;
  }

  /**
   * The target of a server over Streamable HTTP, for requests that need no session; null unless it is enabled and
   * trusted.
   */
  httpTargetOf(name: string): HttpTarget | null {
    const { enabled, trusted, target } = this.byName.get(name)?.config ?? {};
    return enabled && trusted && target?.kind === 'http' && !target.sse ? target : null;
  }

  /** The login of a server; null if it has none. */
  loginOf(name: string): Login | null {
    const config = this.byName.get(name)?.config;
    return config ? this.options.logins.of(config) : null;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Opens a channel to one server for one session. Nothing starts until `initialize` or a request is sent.
   * @throws HoldfastError `server_not_found` when it is unknown or disabled, `server_untrusted` until it is confirmed
   */
  async connect(name: string, sessionKey: string, takesNotes = false): Promise<ServerChannel> {
    const server = this.byName.get(name);
    if (!server) throw new HoldfastError('server_not_found');
    const { enabled, trusted } = server.config;
    if (!enabled)
      throw new HoldfastError(
        'server_not_found',
        said('said.server.named', { name, what: said('said.server.disabled') }),
      );
    if (!trusted) throw new HoldfastError('server_untrusted');
    return server.connect(sessionKey, takesNotes);
  }

  get keeper(): ServerRuntime['keeper'] {
    const { keeper } = this.options.keeper;
    return keeper && { ...keeper, children: this.all().filter(({ childId }) => childId !== null).length };
  }

  async states(names: readonly string[]): Promise<ReadonlyMap<string, ServerRunState>> {
    const servers = names.flatMap((name) => this.byName.get(name) ?? []);
    const soon = <T>(promise: Promise<T>, otherwise: T) =>
      within(this.options.timers, ASK_LIMIT, promise, () => new Error('took too long')).catch(() => otherwise);
    const instances = servers.flatMap((server) => server.instances);
    const ids = new Set(instances.map(({ record }) => record.instance_id));
    const used = soon(this.measuredOf(ids), new Map<string, ProcessUse>());
    const tails = servers.map(({ config }) => soon(this.stderr(config.name), []));
    const states = new Map<string, ServerRunState>();
    for (const [index, server] of servers.entries()) {
      const status = server.status();
      const uses = await used;
      states.set(server.config.name, {
        ...status,
        instances: status.instances.map((instance) => ({
          ...instance,
          rss_bytes: uses.get(instance.instance_id)?.bytes ?? null,
          cpu_percent: uses.get(instance.instance_id)?.percent ?? null,
        })),
        stderr_tail: ((await tails[index]) ?? []).slice(-TAIL),
      });
    }
    return states;
  }

  async stderr(name: string): Promise<string[]> {
    return ((await this.byName.get(name)?.stderr()) ?? []).slice(-MAX_STDERR);
  }

  /** What a server's processes wrote to standard error in this time, as far as it is still known: at most 100 lines. */
  async output(name: string, from: Ms, to: Ms): Promise<WrittenLine[]> {
    return (await this.byName.get(name)?.output(from, to)) ?? [];
  }

  test(config: ServerConfig): Promise<ServerTest> {
    return testServer(config, this.deps);
  }

  async retry(name: string): Promise<void> {
    this.startable(name).retry();
  }

  async restart(name: string): Promise<void> {
    this.startable(name).restart();
  }

  async stopServer(name: string, instanceId?: string): Promise<void> {
    const server = this.startable(name);
    await (instanceId === undefined ? server.stop() : server.stopOne(instanceId));
  }

  /** Call when the machine has woken. Probes all servers, replaces their connections, and is patient for a while. */
  wake(): void {
    this.waking.begin();
    for (const server of this.byName.values()) server.wake();
  }

  /** From now on, closing a channel does not mean that its session is over. */
  prepareStop(): void {
    for (const server of this.byName.values()) server.isStopping = true;
  }

  /** The keeper's part in being reachable while this process is not. */
  get door(): Pick<KeeperLink, 'mindPort' | 'mindsPort' | 'freePort' | 'shutDoor' | 'openDoor'> {
    return this.options.keeper;
  }

  isMinded(): boolean {
    return this.options.keeper.mindsPort;
  }

  /** Detaches from everything. Processes live on under the keeper, HTTP sessions at their servers. */
  async stop(): Promise<void> {
    this.prepareStop();
    for (const end of this.endings.splice(0)) end();
    for (const instance of this.all()) instance.release();
    this.options.logins.close();
    await this.options.keeper.release();
  }

  private all() {
    return [...this.byName.values()].flatMap(({ instances }) => instances);
  }

  /** By instance id; those of which it is not known are left out. */
  private async measuredOf(ids: ReadonlySet<string>): Promise<ReadonlyMap<string, ProcessUse>> {
    const running = this.all()
      .filter(({ record }) => ids.has(record.instance_id))
      .flatMap(({ childId, record }) => (childId === null ? [] : [{ childId, record }]));
    const uses = await this.options.keeper.measure(running.map(({ childId }) => childId));
    return new Map(
      running.flatMap(({ childId, record }) => {
        const use = uses.get(childId);
        return use ? [[record.instance_id, use]] : [];
      }),
    );
  }

  private clientOf(sessionKey: string | null): string | null {
    return sessionKey === null ? null : (this.deps.sessions(sessionKey).client ?? null);
  }

  private held(except: string | null): HeldProcess[] {
    return [...this.byName.values()].flatMap(({ config, instances }) =>
      instances
        .filter(({ holdsProcess, record }) => holdsProcess && record.instance_id !== except)
        .map((instance): HeldProcess => {
          const { instance_id: id, server, session_key } = instance.record;
          const session = session_key === null ? null : this.deps.sessions(session_key);
          return {
            id,
            server,
            client: session?.client ?? null,
            isBusy: instance.isBusy || config.policy === 'shared',
            isAttached: session?.lostAt === null && !session.isOver,
            isPinned: session?.isPinned === true,
            isFresh: instance.uses === 0,
            unusedFor: instance.unusedFor,
            bytes: null,
          };
        }),
    );
  }

  /** @throws HoldfastError `server_not_found` when it is unknown or disabled, `server_untrusted` until it is confirmed */
  private startable(name: string): Server {
    const server = this.byName.get(name);
    if (!server?.config.enabled) throw new HoldfastError('server_not_found');
    if (!server.config.trusted) throw new HoldfastError('server_untrusted');
    return server;
  }

  private usable(): Server[] {
    return [...this.byName.values()].filter(({ config }) => config.enabled && config.trusted);
  }

  /** Applies a change of the configuration. */
  private configure(): void {
    const configs = new Map(this.options.configs.list().map((config) => [config.name, config]));
    this.options.logins.configure([...configs.values()]);
    this.options.failures.keepOnly([...configs.values()]);
    const before = [...this.byName];
    this.byName.clear();
    for (const config of configs.values()) {
      const known = before.find(([name]) => name === config.name)?.[1];
      this.byName.set(config.name, known ?? new Server(this.deps, config));
      if (known) this.reconfigure(known, config);
    }
    for (const [name, server] of before) if (!configs.has(name)) void server.endAll('removed');
    this.warmUp();
    for (const listener of this.listeners) listener();
  }

  private reconfigure(server: Server, config: ServerConfig): void {
    const before = server.config;
    const wasShared = server.isShared;
    server.config = config;
    if (before.fingerprint !== config.fingerprint || before.enabled !== config.enabled) server.starts = NO_FAILURES;
    if (before.enabled && !config.enabled) void server.endAll('disabled');
    else if (before.trusted && !config.trusted) void server.endAll('changed');
    else if (wasShared !== server.isShared) void server.endAll('changed');
    else if (before.fingerprint !== config.fingerprint) server.replaceAll();
  }

  private follow(events: readonly HoldfastEvent[]): void {
    for (const { kind, session_id, payload } of events) {
      if (session_id === null) continue;
      const isOver = kind === 'session_closed' || kind === 'session_expired';
      for (const server of this.byName.values()) {
        if (kind === 'session_created') server.sessionMade(session_id);
        else if (SHARING_KINDS.has(kind)) server.sharingChanged(session_id);
        else if (kind === 'session_reconnected' && payload.client) server.takenOver(session_id);
        else if (isOver) void server.endSession(session_id, 'session_ended');
      }
    }
  }

  private keeperLost(pid: number, children: number): void {
    this.knownKeeper = null;
    const at = this.options.clock.now();
    this.commit({ events: [{ at, session_id: null, kind: 'keeper_lost', payload: { pid, children } }] });
  }

  private sweep(): void {
    for (const server of this.byName.values()) server.sweep();
  }

  private commit({ save = [], remove = [], asked = [], settled = [], events = [] }: InstanceChange): void {
    const { instances, transaction, append, publish, log, keeper, clock } = this.options;
    const pid = keeper.keeper?.pid ?? null;
    const isNew = pid !== null && pid !== this.knownKeeper;
    const started: NewEvent[] = isNew
      ? [{ at: clock.now(), session_id: null, kind: 'keeper_started', payload: { pid } }]
      : [];
    try {
      const committed = transaction(() => {
        for (const record of save) instances.save(record);
        for (const id of remove) instances.remove(id);
        for (const question of asked) instances.keepQuestion(question);
        for (const question of settled) instances.dropQuestion(question);
        return append([...started, ...events]);
      });
      if (isNew) this.knownKeeper = pid;
      publish(committed);
    } catch (error) {
      log.warn({ err: error }, 'could not record a change to a server');
    }
  }
}
