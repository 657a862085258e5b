import type { ServerStopReason } from '../../shared/contract/event';
import { MINUTE, type Ms } from '../../shared/model/units';
import type { Params } from '../mcp/json-rpc';
import type { Listings } from '../mcp/lists/listings';
import type { InitializeResult } from '../mcp/server-channel';
import { LEARNING_KEY } from '../mcp/server-source';
import type { StoredLists } from '../mcp/stored-lists';
import { randomText } from '../platform/random-text';
import { ownInitializeParams } from './instance/handshake';
import { Instance } from './instance/instance';
import type { InstanceOwner, UpstreamDeps } from './instance/instance-owner';
import { NOTHING_BEHIND } from './instance/instance-row';
import { SafeCalls } from './instance/safe-calls';
import { type ChannelOwner, UpstreamChannel } from './instance/upstream-channel';
import { LastFailure } from './last-failure';
import { hasServed } from './limits/process-limits';
import type { Login } from './login/login';
import { LostSessions } from './lost-sessions';
import type { WrittenLine } from './past-output';
import { withoutSecrets } from './redaction';
import { NO_FAILURES, type Restarts } from './restarts/restart-policy';
import type { ServerConnection } from './server-connection';
import { ServerLists } from './server-lists';
import { ServerOutput } from './server-output';
import { type ServerStatus, serverStatus } from './server-status';
import type { ClientSettings, InstanceRecord, ServerConfig } from './upstream-ports';

/** Instances that started for a session that gave up, kept for the next one. */
const MAX_SPARES = 2;
/** How long one of them is kept when nobody needs it. */
const SPARE_LIMIT: Ms = 5 * MINUTE;
/** Key of a shared server's only instance. */
const ALL = '';

/** A configured server with its instances: one per session, or one shared by all. */
export class Server implements InstanceOwner, ChannelOwner {
  readonly deps: UpstreamDeps;
  readonly safe = new SafeCalls();
  config: ServerConfig;
  starts: Restarts = NO_FAILURES;
  /** Holdfast is stopping: what runs is left to the next one. */
  isStopping = false;
  private readonly byKey = new Map<string, Instance>();
  private readonly spares = new Set<Instance>();
  private readonly channels = new Set<UpstreamChannel>();
  private readonly lost: LostSessions;
  private readonly failure: LastFailure;
  private readonly written = new ServerOutput(() => this.config.target);
  private restarts = 0;
  /** How often a person has stopped all that runs of it, and what runs for one session. */
  private stops = 0;
  private readonly stopsOf = new Map<string, number>();
  /** Sessions that had joined another one when Holdfast was killed, with what they had set on their own instance. */
  private readonly joined = new Map<string, ClientSettings | null>();
  private readonly lists: ServerLists;
  private lastSaid: InitializeResult | null = null;

  constructor(deps: UpstreamDeps, config: ServerConfig) {
    this.deps = deps;
    this.config = config;
    this.lost = new LostSessions(deps);
    this.lists = new ServerLists(config.name, deps.tools);
    const known = deps.failures.of(config) ?? null;
    this.failure = new LastFailure(deps.clock, known);
    // It did not start for an earlier Holdfast, and stays down until it starts.
    if (known) this.starts = { ...NO_FAILURES, attempt: 1 };
  }

  get lastError(): string | null {
    return this.failure.sentence;
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

  listings(isPartly: boolean): Listings {
    return this.lists.listings(isPartly);
  }

  /** See {@link ServerLists.remarkOn}. */
  remarkOn(stored: StoredLists): void {
    this.lists.remarkOn(stored);
  }

  /** See `ServerSource.announcedInVain`. */
  announcedInVain(times: number): void {
    this.lists.announcedInVain(times);
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
    this.move(sessionId);
    // What the guest leaves behind is known until its host shares no longer, whichever of the two is heard of first.
    for (const other of this.byKey.get(sessionId)?.router.sharers ?? []) {
      const { isOver, heir } = this.deps.sessions(other);
      if (other !== sessionId && !isOver && !heir) this.move(other);
    }
    if (this.deps.sessions(sessionId).host != null) {
      const own = this.byKey.get(sessionId);
      this.byKey.delete(sessionId);
      if (own) this.endAfterItsCalls(own);
    }
    this.knowGuest(sessionId);
  }

  /**
   * Ends an instance whose calls have just been answered with an error. Its row stays until those answers are stored: by it the
   * next Holdfast knows that nobody else will answer them.
   */
  private endAfterItsCalls(instance: Instance): void {
    this.deps.timers.after(0, () => {
      if (this.isStopping) instance.release();
      else void instance.end('session_ended');
    });
  }

  /** The session is served by another instance from now on, whether or not it has a channel just now. */
  private move(sessionId: string): void {
    const channels = [...this.channels].filter(({ sessionKey }) => sessionKey === sessionId);
    if (channels.length === 0) {
      const before = this.leftBy(sessionId);
      if (before) this.carry(before, sessionId, before.router.lostState.knows(sessionId));
      return;
    }
    for (const channel of channels) {
      const instance = this.instanceOf(sessionId);
      if (channel.moveTo(instance)) this.oweNote(instance, sessionId);
    }
  }

  /** The instance that served the session until now: its own if it has just joined another one, or that one's. */
  private leftBy(sessionId: string): Instance | undefined {
    if (this.deps.sessions(sessionId).host != null) return this.byKey.get(sessionId);
    return [...this.byKey.values()].find(
      ({ router, record }) => record.session_key !== sessionId && router.sharers.includes(sessionId),
    );
  }

  /** What a session has set on an instance that serves it no longer goes along, and so does the note that its state does not. */
  private carry(from: Instance, sessionId: string, isMissed: boolean): void {
    const settings = from.router.clientSettings[sessionId];
    if (!settings && !isMissed) return;
    const to = this.instanceOf(sessionId);
    if (to === from) return;
    if (settings) to.bring(sessionId, settings);
    if (isMissed) this.oweNote(to, sessionId);
  }

  private oweNote(instance: Instance, sessionId: string): void {
    if (this.config.tellsLostState) instance.router.lostState.owe(sessionId, this.noteOfMove());
  }

  /** Call for each instance of a session that uses another one's: Holdfast was killed before that was moved. */
  leftBehind({ session_key, client_settings }: InstanceRecord): void {
    if (session_key !== null) this.joined.set(session_key, client_settings[session_key] ?? null);
  }

  /** Call once all instances of an earlier Holdfast are known: does what its kill left undone as sharing began or ended. */
  finishMoves(): void {
    for (const [guest, settings] of this.joined) {
      const instance = this.instanceOf(guest);
      if (settings) instance.bring(guest, settings);
      this.oweNote(instance, guest);
    }
    for (const instance of [...this.byKey.values()]) {
      const { record, router } = instance;
      if (record.session_key === null) continue;
      const users = [record.session_key, ...router.sharers];
      for (const key of Object.keys(router.clientSettings).filter((one) => !users.includes(one))) {
        const { isOver, heir } = this.deps.sessions(key);
        if (!isOver && !heir) this.carry(instance, key, true);
        router.forget(key);
      }
    }
  }

  hasLeftCalls(sessionKey: string): boolean {
    return this.joined.has(sessionKey);
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
    this.lost.forget(from);
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
    this.lost.forget(sessionKey);
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
    this.lists.clear();
    this.lastSaid = null;
    this.failure.forget();
    for (const instance of this.instances) instance.replace(this.config.fingerprint);
  }

  /** Call after the login has changed. */
  loginChanged(): void {
    for (const instance of this.instances) instance.loginChanged();
  }

  failed(sentence: string, connection: ServerConnection | null): void {
    const failed_at = this.failure.failed(sentence);
    this.written.failed(connection);
    // A process that ran and ended is no failed start.
    if (this.starts.attempt === 0) return;
    const { name, fingerprint } = this.config;
    this.deps.failures.note({ server: name, fingerprint, error: sentence, failed_at });
  }

  slow(sentence: string): void {
    this.failure.slow(sentence);
  }

  cameUp(): void {
    this.failure.cameUp();
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
        hasServed(instance.uses, this.lost.lostFor(session_key, lostAt), instance.unusedFor, idleStop)
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
  stderr(): Promise<string[]> {
    return this.written.stderr(this.instances);
  }

  /** What its processes wrote to standard error from `from` on and before `to`, oldest first, without secrets. */
  output(from: Ms, to: Ms): Promise<WrittenLine[]> {
    return this.written.output(this.instances, from, to);
  }

  status(): ServerStatus {
    const { name, target } = this.config;
    const running = [...this.byKey.values()].filter(({ state }) => state === 'running').map(({ record }) => record);
    const using = new Set([...this.channels].map(({ sessionKey }) => sessionKey));
    for (const { session_key } of running) if (session_key !== null) using.add(session_key);
    return serverStatus({
      instances: this.instances,
      starts: this.starts,
      login: this.login,
      sessions_using: using.size,
      restarts: this.restarts,
      last_error: this.failure.sentence,
      last_error_at: this.failure.at,
      tool_changes: this.deps.tools.count(name),
      list_remarks: this.lists.remarks((text) => withoutSecrets(text, target)),
    });
  }
}
