import type { ServerStopReason } from '../../../shared/contract/event';
import type { ServerInstance } from '../../../shared/contract/server';
import { said, sentences } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import { type JsonRpcMessage, type JsonRpcRequest, type RequestId, RPC, rpcError } from '../../mcp/json-rpc';
import type { InitializeResult } from '../../mcp/server-channel';
import { within } from '../../platform/deadline';
import { whyNotStarted } from '../failure-text';
import { HOLD_LIMIT, type Login } from '../login/login';
import { withoutSecrets } from '../redaction';
import { StartGate } from '../restarts/start-gate';
import type { ConnectionEnd, ServerConnection } from '../server-connection';
import type { InstanceRecord } from '../upstream-ports';
import { connectTo } from './connect';
import { probe } from './handshake';
import type { InstanceOwner } from './instance-owner';
import { behind, type InstanceRow, NOTHING_BEHIND, type StartCause } from './instance-row';
import { noteOfLoss, stillStarting, whyUnavailable } from './instance-texts';
import { introduce } from './introduce';
import type { MessageRouter } from './message-router';
import type { OwnRequests } from './own-requests';
import type { RoutedChannel } from './routed-channel';

/** An HTTP session that the server drops again this soon after a renewal counts as a crash. */
const RENEW_AGAIN: Ms = 30 * SECOND;

export interface LifecycleDeps {
  readonly owner: InstanceOwner;
  readonly row: InstanceRow;
  readonly router: MessageRouter;
  readonly own: OwnRequests;
  /** Another process or connection answers from now on. */
  onConnection(): void;
  /** It runs, and takes requests. */
  onRunning(): void;
  /** The server says something that answers no request of our own. */
  onMessage(message: JsonRpcMessage, relatedTo: RequestId | null): void;
  /** A call waits for a login in the connection, or does no longer. */
  onHeld(call: RequestId, isHeld: boolean): void;
  /** It is stopped on purpose. Returns the calls that have not been sent to the server. */
  onStop(): readonly RequestId[];
  /** Sends a request again, which may be repeated. */
  repeat(channel: RoutedChannel, request: JsonRpcRequest): void;
}

/**
 * The process or connection of one instance: starts, stops and restarts it, never more than one at a time. A replacement is told
 * everything its predecessor knew.
 */
export class InstanceLifecycle {
  private readonly deps: LifecycleDeps;
  private readonly owner: InstanceOwner;
  private readonly row: InstanceRow;
  private readonly router: MessageRouter;
  private readonly own: OwnRequests;
  private readonly nextTry: StartGate;
  private current: ServerConnection | null = null;
  private phase: 'stopped' | 'starting' | 'running' = 'stopped';
  /** The latest start failed. */
  private hasFailed = false;
  private starting: Promise<void> | null = null;
  /** Resolves when the previous connection has closed. The next one waits for it. */
  private closing: Promise<void> = Promise.resolve();
  /** Goes up with every start, stop and crash. A start that finds it changed gives up. */
  private turn = 0;
  private result: InitializeResult | null = null;
  private hadConnection: boolean;
  private lastEnd: ConnectionEnd | null = null;
  /** How the latest connection was lost, if none of its users meant that; without secrets. */
  private lostBy: string | null = null;
  private startingSince: Ms = 0;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private isListening = true;
  private hasEnded = false;
  /** Its process runs, or may be started. */
  private isAdmitted = false;
  /** Its start ended for want of a login; it is wanted again after one. */
  private wantsLogin = false;

  /** @param hadConnection - whether a process or connection has ever run for it */
  constructor(deps: LifecycleDeps, hadConnection: boolean) {
    this.deps = deps;
    this.owner = deps.owner;
    this.row = deps.row;
    this.router = deps.router;
    this.own = deps.own;
    this.nextTry = new StartGate(deps.owner.deps, deps.owner);
    this.hadConnection = hadConnection;
  }

  /** The present connection; null while there is none. */
  get connection(): ServerConnection | null {
    return this.current;
  }

  private get record(): InstanceRecord {
    return this.row.record;
  }

  /** Whether it is used no longer: what runs is left to the next Holdfast, or has ended for good. */
  get isOver(): boolean {
    return this.hasEnded;
  }

  get isRunning(): boolean {
    return this.phase === 'running';
  }

  /** Whether a process or connection has ever run for it. */
  get hasRun(): boolean {
    return this.hadConnection;
  }

  get state(): ServerInstance['state'] {
    if (this.phase !== 'stopped') return this.phase;
    if (this.wantsLogin) return 'waiting';
    if (this.nextTry.isOpen) return 'circuit_open';
    return this.nextTry.at === null && !this.hasFailed ? 'stopped' : 'waiting';
  }

  /** Wall-clock time of the next automatic retry; null if none is planned. */
  get nextTryAt(): Ms | null {
    return this.nextTry.at;
  }

  /** The server's latest answer to `initialize`; null if it has not answered yet. */
  get said(): InitializeResult | null {
    return this.result;
  }

  /** Whether it is starting or running, or will be retried automatically. */
  get isWanted(): boolean {
    return this.phase !== 'stopped' || this.nextTryAt !== null;
  }

  /** Whether it has a process, or is about to get one. */
  get holdsProcess(): boolean {
    return this.isAdmitted && this.phase !== 'stopped' && this.owner.config.target.kind === 'stdio';
  }

  /** Starts it unless it is running. Rejects with a sentence if that fails or takes longer than `limit`. */
  use(limit: Ms): Promise<void> {
    if (this.phase === 'running') return Promise.resolve();
    if (!this.starting && !this.mayStart(true)) return Promise.reject(this.unavailable());
    const { timers } = this.owner.deps;
    const starting = this.starting ?? this.begin('use');
    return within(timers, limit, starting, () => new Error(this.notYet()));
  }

  /** Like {@link use}, but a request waits for a login as long as that may take. */
  async upOrLogin(limit: Ms): Promise<void> {
    try {
      await this.use(limit);
    } catch (error) {
      const { starting } = this;
      if (!starting || !this.owner.login?.isNeeded) throw error;
      await within(this.owner.deps.timers, HOLD_LIMIT, starting, () => error as Error);
    }
  }

  /** The login is not needed any more: starts what waited for it. */
  loggedIn(): void {
    if (!this.wantsLogin) return;
    this.wantsLogin = false;
    if (this.phase === 'stopped' && this.mayStart(false)) this.begin('restart').catch(() => {});
  }

  /** Starts it unless it is running or must wait after a failure. Does not report a failure. */
  warmUp(): void {
    if (this.phase === 'stopped' && this.mayStart(false)) this.begin('policy').catch(() => {});
  }

  /** Starts it regardless of earlier failures. The outcome shows in {@link state}. */
  retry(): void {
    this.nextTry.forget();
    if (this.phase === 'stopped') this.begin('retry').catch(() => {});
  }

  /**
   * Call when the machine has woken. Replaces network connections, pings the server, which makes a lost connection report
   * its end, and tries at once what was planned for later.
   */
  wake(): void {
    this.current?.wake();
    if (this.phase === 'running') probe(this.own).catch(() => {});
    this.nextTry.woke();
    if (this.phase === 'stopped' && this.nextTry.at !== null) this.plan();
  }

  /** Adopts a connection that outlived Holdfast. Its messages wait until {@link listen}. */
  adopt(connection: ServerConnection): void {
    this.isListening = false;
    this.hadConnection = true;
    this.result = this.record.initialize_result;
    this.current = connection;
    this.isAdmitted = true;
    this.watch(connection, true);
    this.phase = 'running';
    this.nextTry.running();
  }

  /** Starts delivering the messages of an adopted server, beginning with those that waited. */
  listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.current?.listen();
  }

  /** Stops it. Client settings are kept for the next start. */
  async stop(reason: ServerStopReason): Promise<void> {
    await this.halt(reason, false);
  }

  /** Stops it for good. */
  async end(reason: ServerStopReason): Promise<void> {
    this.hasEnded = true;
    await this.halt(reason, true);
  }

  /** The server's configuration entry changed: stops it and, if it was wanted, starts it with the new entry. */
  replace(fingerprint: string): void {
    this.renew('changed', fingerprint);
  }

  /** A person asked for it: stops it and, if it was wanted, starts it again. Calls in progress get an error. */
  restart(): void {
    this.renew('restarted', this.record.fingerprint);
  }

  private renew(reason: ServerStopReason, fingerprint: string): void {
    const ran = this.isWanted;
    void this.halt(reason, false);
    this.nextTry.forget();
    this.result = null;
    this.row.save({ fingerprint });
    if (ran) this.begin('restart').catch(() => {});
  }

  /** Detaches, leaving its process or session running for the next Holdfast. */
  release(): void {
    this.hasEnded = true;
    this.turn += 1;
    this.row.flush();
    this.nextTry.cancel();
    this.current?.release();
    this.current = null;
  }

  private mayStart(isNeeded: boolean): boolean {
    return !this.hasEnded && this.nextTry.mayStart(isNeeded);
  }

  private begin(cause: StartCause, renewal: string | null = null): Promise<void> {
    this.nextTry.begin();
    this.wantsLogin = false;
    this.phase = 'starting';
    this.isAdmitted = false;
    this.startingSince = this.owner.deps.clock.monotonic();
    this.hasFailed = false;
    this.lastEnd = null;
    this.turn += 1;
    const starting = this.start(cause, renewal, this.turn).finally(() => {
      if (this.starting === starting) this.starting = null;
    });
    this.starting = starting;
    return starting;
  }

  private async start(cause: StartCause, renewal: string | null, turn: number): Promise<void> {
    const { owner } = this;
    let connection: ServerConnection | null = null;
    const check = () => {
      if (turn !== this.turn) throw new Error(said('said.server.stopped_at_start'));
      if (this.lastEnd) throw new Error(this.lastEnd.sentence);
    };
    try {
      await this.closing;
      check();
      if (owner.config.target.kind === 'stdio') await owner.deps.admit(this.record);
      check();
      this.isAdmitted = true;
      connection = await connectTo(owner.config, this.record, owner.deps);
      check();
      this.current = connection;
      this.watch(connection, false);
      connection.listen();
      check();
      const result = await introduce({ connection, own: this.own, row: this.row, owner, known: this.result });
      check();
      this.started(connection, result, cause, renewal);
    } catch (error) {
      const closed = connection?.close();
      if (turn !== this.turn) throw this.unavailable();
      if (closed) this.closing = closed;
      this.current = null;
      this.phase = 'stopped';
      const sentence = this.safe(whyNotStarted(this.record.server, error));
      this.router.down(sentence, []);
      const lastEnd: ConnectionEnd | null = this.lastEnd;
      if (connection?.isResumed && lastEnd?.sessionGone) {
        this.row.save({ upstream_session_id: null, upstream_last_event_id: null });
        return this.begin(cause, lastEnd.sentence);
      }
      if (owner.login?.isNeeded) this.waitForLogin(owner.login);
      else this.startFailed(sentence, connection);
      throw this.unavailable();
    }
  }

  private started(
    connection: ServerConnection,
    result: InitializeResult,
    cause: StartCause,
    renewal: string | null,
  ): void {
    const { owner, hadConnection } = this;
    this.result = result;
    this.hadConnection = true;
    this.phase = 'running';
    this.deps.onRunning();
    owner.cameUp();
    this.nextTry.running();
    if (renewal === null) {
      if (hadConnection) owner.restarted();
      this.row.started(result, cause, { hadConnection, isResumed: connection.isResumed });
    } else {
      this.renewedAt = owner.deps.clock.monotonic();
      this.row.renewed(result, renewal);
    }
    if (hadConnection && !connection.isResumed) this.router.lostState.replaced(this.noteOfLoss());
    this.lostBy = null;
    if (hadConnection) this.router.announce(result.capabilities);
  }

  private watch(connection: ServerConnection, isAdopted: boolean): void {
    this.deps.onConnection();
    this.router.up(connection, isAdopted);
    connection.onstate = () => {
      if (this.current === connection) this.row.save(behind(connection));
    };
    connection.onmessage = (message, relatedTo) => this.take(connection, message, relatedTo);
    connection.onheld = (call, isHeld) => this.deps.onHeld(call, isHeld);
    connection.onclose = (why) => this.closed(connection, why);
  }

  private take(connection: ServerConnection, message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.current !== connection || this.own.take(message)) return;
    this.deps.onMessage(message, relatedTo);
  }

  private closed(connection: ServerConnection, why: ConnectionEnd): void {
    if (this.current !== connection) return;
    this.lastEnd = why;
    if (this.phase === 'running') this.died(connection, why);
    this.own.failAll(new Error(why.sentence));
  }

  private died(connection: ServerConnection, why: ConnectionEnd): void {
    const { owner } = this;
    const now = owner.deps.clock.monotonic();
    this.current = null;
    this.phase = 'stopped';
    this.turn += 1;
    this.nextTry.cancel();
    const sentence = this.safe(said('said.server.named', { name: this.record.server, what: why.sentence }));
    this.lostBy = this.safe(why.sentence);
    const { lost, repeat } = this.router.down(sentence, why.notTaken ?? []);
    if (why.sessionGone && now - this.renewedAt > RENEW_AGAIN) {
      this.row.save(NOTHING_BEHIND);
      this.begin('restart', why.sentence).catch(() => {});
    } else {
      this.row.crashed(why, lost);
      owner.failed(sentence, connection);
      if (why.keeperLost) this.nextTry.lostWithOthers();
      else this.nextTry.crashed();
      this.plan();
    }
    for (const [channel, request] of repeat) this.deps.repeat(channel, request);
  }

  private startFailed(error: string, connection: ServerConnection | null): void {
    const { owner, hadConnection } = this;
    this.hasFailed = true;
    const counts = !this.nextTry.isWaking;
    this.nextTry.failed();
    owner.failed(error, connection);
    this.plan();
    const { attempt, isOpen } = owner.starts;
    const payload = { error, attempt, next_try_at: this.nextTryAt, circuit_open: isOpen };
    // Tried again within two seconds, so there is nothing to say yet.
    this.row.couldNotStart(!counts && hadConnection ? null : payload, hadConnection);
  }

  /** Nothing is wrong with the server, so this counts as no failure. */
  private waitForLogin(login: Login): void {
    this.wantsLogin = this.isWantedAlways;
    this.owner.failed(said('said.server.named', { name: this.record.server, what: login.neededSentence }), null);
    if (!this.hadConnection) this.row.remove();
  }

  /** Whether it should run even without a request. */
  private get isWantedAlways(): boolean {
    return this.owner.config.policy === 'shared' || (this.record.session_key !== null && this.hadConnection);
  }

  /** Schedules a retry if the server should run even without a request. */
  private plan(): void {
    if (this.isWantedAlways && !this.hasEnded) this.nextTry.plan(() => void this.begin('restart').catch(() => {}));
  }

  private async halt(reason: ServerStopReason, forGood: boolean): Promise<void> {
    const { connection, phase } = this;
    this.wantsLogin = false;
    const notSent = this.deps.onStop();
    this.current = null;
    this.phase = 'stopped';
    this.hasFailed = false;
    // Somebody else needed the room: nobody who uses this server meant its end.
    this.lostBy = reason === 'limit' ? said('said.server.ended_for_room') : null;
    this.turn += 1;
    this.starting = null;
    this.nextTry.cancel();
    this.own.failAll(new Error(said('said.server.stopped')));
    const sentence = `The server "${this.record.server}" was stopped.`;
    const { lost, repeat } = this.router.down(sentence, notSent);
    for (const [channel, { id }] of repeat) channel.deliver(rpcError(id, RPC.serverError, sentence), id);
    const payload = { reason, code: null, signal: null, calls_lost: lost + repeat.length };
    const events = phase === 'running' ? [this.row.event('server_stopped', payload)] : [];
    if (forGood || !this.hadConnection) this.row.remove(...events);
    else this.row.save(NOTHING_BEHIND, ...events);
    if (connection) this.closing = connection.close();
    await this.closing;
  }

  /** What models are told of the loss; null when it was meant to be, or when nobody wants to know. */
  private noteOfLoss(): string | null {
    const { config, deps } = this.owner;
    return this.lostBy === null || !config.tellsLostState
      ? null
      : noteOfLoss(config.name, this.lostBy, deps.clock.now());
  }

  /** Why whoever asked waits no longer, though the start goes on. */
  private notYet(): string {
    const { login, deps } = this.owner;
    const { server } = this.record;
    if (login?.isNeeded) return said('said.server.named', { name: server, what: login.neededSentence });
    const sentence = stillStarting(server, deps.clock.monotonic() - this.startingSince);
    this.owner.slow(sentence);
    return sentences(sentence, said('said.server.try_in_a_moment'));
  }

  /** Why nobody can use it now. */
  unavailable(): Error {
    const isWaiting = this.nextTryAt !== null || this.nextTry.isOpen;
    const secondsLeft = isWaiting ? this.nextTry.secondsLeft : null;
    return new Error(whyUnavailable(this.record.server, this.owner.lastError, secondsLeft));
  }

  private safe(text: string): string {
    return withoutSecrets(text, this.owner.config.target, this.owner.login?.presentToken);
  }
}
