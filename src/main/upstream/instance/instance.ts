import type { NewEvent, ServerStopReason } from '../../../shared/contract/event';
import type { ServerInstance } from '../../../shared/contract/server';
import { type Ms, SECOND } from '../../../shared/model/units';
import {
  isResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import type { InitializeResult, OpenCall } from '../../mcp/server-channel';
import { within } from '../../platform/deadline';
import { whyNotStarted } from '../failure-text';
import { withoutSecrets } from '../redaction';
import { StartGate } from '../restarts/start-gate';
import type { ConnectionEnd, ServerConnection } from '../server-connection';
import type { InstanceRecord } from '../upstream-ports';
import { connectTo } from './connect';
import { initialize, probe, START_LIMIT } from './handshake';
import type { InstanceOwner } from './instance-owner';
import { behind, InstanceRow, NOTHING_BEHIND } from './instance-row';
import { MessageRouter, type RoutedChannel } from './message-router';
import { OwnRequests } from './own-requests';
import { WaitingRequests } from './waiting-requests';

/** Who needs a server that ran before waits so long for it to be back. */
const USE_LIMIT: Ms = 5 * SECOND;
const OWN_REQUEST_LIMIT: Ms = 30 * SECOND;
/** A session over HTTP that is forgotten again within this time is no news but a failure. */
const RENEW_AGAIN: Ms = 30 * SECOND;

type StartCause = Extract<NewEvent, { kind: 'server_started' }>['payload']['cause'];

/**
 * One server as one session uses it, or all sessions when it is shared. Owns the initialization: whoever comes later is
 * answered from memory, and a process that takes the place of another is told what that one knew. Starts, stops and starts again
 * what is behind it, at most one at a time.
 */
export class Instance {
  readonly router: MessageRouter;
  private readonly owner: InstanceOwner;
  private readonly own: OwnRequests;
  private readonly row: InstanceRow;
  private readonly nextTry: StartGate;
  private connection: ServerConnection | null = null;
  private phase: 'stopped' | 'starting' | 'running' = 'stopped';
  /** Its newest start has failed. */
  private hasFailed = false;
  private starting: Promise<void> | null = null;
  /** The end of what ran before: the next is not started before that is gone. */
  private closing: Promise<void> = Promise.resolve();
  /** Counts what was begun and given up: a start that finds another number is over. */
  private turn = 0;
  private result: InitializeResult | null = null;
  private hadConnection: boolean;
  private lastEnd: ConnectionEnd | null = null;
  private renewedAt = Number.NEGATIVE_INFINITY;
  private isListening = true;
  private isOver = false;
  private readonly waiting = new WaitingRequests();
  private lastUsed: Ms;

  /** @param hadConnection - it is known from before: something ran for it once */
  constructor(owner: InstanceOwner, record: InstanceRecord, hadConnection: boolean) {
    const { clock, timers, random } = owner.deps;
    this.owner = owner;
    this.row = new InstanceRow(owner.deps, record, hadConnection);
    this.nextTry = new StartGate(owner.deps, owner);
    this.hadConnection = hadConnection;
    this.lastUsed = clock.monotonic();
    this.own = new OwnRequests((message) => this.connection?.send(message), timers, random);
    this.router = new MessageRouter({
      isShared: record.session_key === null,
      safe: owner.safe,
      clock,
      clientSettings: record.client_settings,
      onClientSettings: () => this.row.save({ client_settings: this.router.clientSettings }),
      ask: (method, params) => {
        this.own
          .ask(method, params, OWN_REQUEST_LIMIT)
          .catch((error) => owner.deps.log.debug({ err: error, server: record.server }, 'a server refused a change'));
      },
    });
  }

  get record(): InstanceRecord {
    return this.row.record;
  }

  /** The session that it serves alone; null for one that all share, and while the session is not made yet. */
  get sessionId(): string | null {
    return this.row.sessionId;
  }

  get state(): ServerInstance['state'] {
    if (this.phase !== 'stopped') return this.phase;
    if (this.nextTry.isOpen) return 'circuit_open';
    return this.nextTry.at === null && !this.hasFailed ? 'stopped' : 'waiting';
  }

  /** When it is tried again by itself, as the wall clock will show; null when that is not planned. */
  get nextTryAt(): Ms | null {
    return this.nextTry.at;
  }

  /** What the server said of itself at its newest start. */
  get said(): InitializeResult | null {
    return this.result;
  }

  /** The process as the keeper calls it. */
  get childId(): string | null {
    return this.connection?.child?.child_id ?? null;
  }

  /** It runs, or will be tried again by itself. */
  get isWanted(): boolean {
    return this.phase !== 'stopped' || this.nextTryAt !== null;
  }

  /** How long nobody has used it; 0 while something runs. */
  get unusedFor(): Ms {
    if (this.router.running > 0 || this.waiting.size > 0 || this.phase === 'starting') return 0;
    return this.owner.deps.clock.monotonic() - this.lastUsed;
  }

  stderr(): Promise<string[]> {
    return this.connection?.stderr() ?? Promise.resolve([]);
  }

  attach(channel: RoutedChannel): void {
    this.router.attach(channel);
  }

  detach(channel: RoutedChannel): void {
    this.waiting.detach(channel);
    this.router.detach(channel);
  }

  /**
   * What the server answered to `initialize`: from memory, or by starting it. Rejects within 30 s.
   * @param params - of the client, see {@link learnClient}; not used by a server that all share
   */
  async initialize(params: unknown): Promise<InitializeResult> {
    this.listen();
    this.learnClient(params);
    if (this.result) return this.result;
    await this.use(START_LIMIT);
    if (!this.result) throw this.unavailable();
    return this.result;
  }

  /**
   * What the session's client says of itself from now on: a session that came back may have another client version, with
   * other capabilities. MCP 2025-11-25 (lifecycle) lets a server be initialized only once, and to restart it would cost its
   * state. So a process that runs keeps what it was told first: it does not use what the client can do besides, and what the
   * client cannot do any more it refuses itself. The next process is told this.
   */
  learnClient(params: unknown): void {
    if (this.record.session_key !== null && params) this.row.save({ initialize_params: params });
  }

  /** Sends a request on, starting the server when it does not run. The channel gets an answer, if only an error. */
  request(channel: RoutedChannel, request: JsonRpcRequest, isRepeat = false): void {
    this.lastUsed = this.owner.deps.clock.monotonic();
    this.listen();
    const send = () => this.router.request(channel, request, isRepeat);
    if (this.phase === 'running') send();
    else this.waiting.add(channel, request, this.use(this.hadConnection ? USE_LIMIT : START_LIMIT), send);
  }

  /** Sends a notification on. One to a server that does not run means nothing to the next. */
  notify(channel: RoutedChannel, message: JsonRpcNotification): void {
    if (message.method === 'notifications/cancelled') this.waiting.takeBack(message.params?.requestId);
    if (this.phase === 'running') this.router.notify(channel, message);
  }

  respond(message: JsonRpcResponse): void {
    this.lastUsed = this.owner.deps.clock.monotonic();
    this.router.respond(message);
  }

  resume(channel: RoutedChannel, calls: readonly OpenCall[]): RequestId[] {
    return this.router.resume(channel, calls);
  }

  /** Starts it unless it runs. Rejects with a sentence when that fails or takes longer than `limit`. */
  use(limit: Ms): Promise<void> {
    if (this.phase === 'running') return Promise.resolve();
    if (!this.starting && !this.mayStart(true)) return Promise.reject(this.unavailable());
    const { timers } = this.owner.deps;
    const slow = () => new Error(`The server "${this.record.server}" is still starting. Try again in a moment.`);
    return within(timers, limit, this.starting ?? this.begin('use'), slow);
  }

  /** Starts it unless it runs or has failed. */
  warmUp(): void {
    if (this.phase === 'stopped' && this.mayStart(false)) this.begin('policy').catch(() => {});
  }

  /** Starts it, whatever failed before. What becomes of it shows in its state. */
  retry(): void {
    this.nextTry.forget();
    if (this.phase === 'stopped') this.begin('retry').catch(() => {});
  }

  /** Asks whether it is still there; a connection that is not says so by its end. */
  probe(): void {
    if (this.phase === 'running') probe(this.own).catch(() => {});
  }

  /** Takes over what ran on without Holdfast. Its messages come from {@link listen} on. */
  adopt(connection: ServerConnection): void {
    this.isListening = false;
    this.hadConnection = true;
    this.result = this.record.initialize_result;
    this.connection = connection;
    this.watch(connection, true);
    this.phase = 'running';
    this.nextTry.running();
  }

  /** From now on the messages of a server that was taken over come, first those that waited. */
  listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.connection?.listen();
  }

  /** The session that it serves was made. */
  sessionMade(): void {
    this.row.sessionMade();
  }

  /** Ends what runs. What its client set is kept for its next start. */
  async stop(reason: ServerStopReason): Promise<void> {
    await this.halt(reason, false);
  }

  /** Ends what runs, for good. */
  async end(reason: ServerStopReason): Promise<void> {
    this.isOver = true;
    await this.halt(reason, true);
  }

  /** The entry of the server was changed: ends what runs, and starts it as the entry says now, if it ran. */
  replace(fingerprint: string): void {
    const ran = this.isWanted;
    void this.halt('changed', false);
    this.nextTry.forget();
    this.result = null;
    this.row.save({ fingerprint });
    if (ran) this.begin('restart').catch(() => {});
  }

  /** Lets go of it: what is behind it lives on for the next Holdfast. */
  release(): void {
    this.isOver = true;
    this.turn += 1;
    this.row.flush();
    this.nextTry.cancel();
    this.connection?.release();
    this.connection = null;
  }

  private mayStart(isNeeded: boolean): boolean {
    return !this.isOver && this.nextTry.mayStart(isNeeded);
  }

  private begin(cause: StartCause, renewal: string | null = null): Promise<void> {
    this.nextTry.begin();
    this.phase = 'starting';
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
      if (turn !== this.turn) throw new Error('was stopped while it started');
      if (this.lastEnd) throw new Error(this.lastEnd.sentence);
    };
    try {
      await this.closing;
      check();
      connection = await connectTo(owner.config, this.record, owner.deps);
      check();
      this.connection = connection;
      this.watch(connection, false);
      connection.listen();
      check();
      const result = await this.handshake(connection);
      check();
      this.started(connection, result, cause, renewal);
    } catch (error) {
      const closed = connection?.close();
      if (turn !== this.turn) throw this.unavailable();
      if (closed) this.closing = closed;
      this.connection = null;
      this.phase = 'stopped';
      const sentence = withoutSecrets(whyNotStarted(this.record.server, error), owner.config.target);
      this.router.down(sentence, []);
      const lastEnd: ConnectionEnd | null = this.lastEnd;
      if (connection?.isResumed && lastEnd?.sessionGone) {
        this.row.save({ upstream_session_id: null, upstream_last_event_id: null });
        return this.begin(cause, lastEnd.sentence);
      }
      this.startFailed(sentence, connection);
      throw this.unavailable();
    }
  }

  /** What the server says of itself, when it knows all that its predecessor knew. */
  private async handshake(connection: ServerConnection): Promise<InitializeResult> {
    const { own, owner } = this;
    const { fingerprint } = owner.config;
    if (connection.isResumed && this.result) {
      this.row.store({ ...behind(connection), fingerprint });
      await probe(own);
      return this.result;
    }
    // Were Holdfast killed now, the next one could not know how far this came.
    this.row.store({ ...behind(connection), fingerprint, initialize_result: null });
    const { initialize_params: initializeParams, client_settings: clientSettings, server } = this.record;
    const onProblem = (error: unknown) => owner.deps.log.warn({ err: error, server }, 'a replay was refused');
    return initialize({ own, initializeParams, clientSettings, onProblem });
  }

  private started(
    connection: ServerConnection,
    result: InitializeResult,
    cause: StartCause,
    renewal: string | null,
  ): void {
    const { owner, hadConnection } = this;
    const { clock } = owner.deps;
    this.result = result;
    this.hadConnection = true;
    this.phase = 'running';
    this.nextTry.running();
    if (renewal === null) {
      const { restarts, started_at } = this.record;
      if (hadConnection) owner.restarted();
      this.row.saveAndHold(
        {
          initialize_result: result,
          restarts: restarts + (hadConnection ? 1 : 0),
          started_at: connection.isResumed ? started_at : clock.now(),
        },
        this.row.event('server_started', { cause, state_lost: hadConnection && !connection.isResumed }),
      );
    } else {
      this.renewedAt = clock.monotonic();
      const event = this.row.event('server_session_renewed', { reason: renewal });
      this.row.save({ initialize_result: result, started_at: clock.now() }, event);
    }
    if (hadConnection) this.router.announce(result.capabilities);
  }

  private watch(connection: ServerConnection, isAdopted: boolean): void {
    this.router.up(connection, isAdopted);
    connection.onstate = () => {
      if (this.connection === connection) this.row.save(behind(connection));
    };
    connection.onmessage = (message, relatedTo) => this.take(connection, message, relatedTo);
    connection.onclose = (why) => this.closed(connection, why);
  }

  private take(connection: ServerConnection, message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.connection !== connection || this.own.take(message)) return;
    if (isResponse(message)) this.lastUsed = this.owner.deps.clock.monotonic();
    this.router.take(message, relatedTo);
  }

  private closed(connection: ServerConnection, why: ConnectionEnd): void {
    if (this.connection !== connection) return;
    this.lastEnd = why;
    if (this.phase === 'running') this.died(connection, why);
    this.own.failAll(new Error(why.sentence));
  }

  private died(connection: ServerConnection, why: ConnectionEnd): void {
    const { owner } = this;
    const now = owner.deps.clock.monotonic();
    this.connection = null;
    this.phase = 'stopped';
    this.turn += 1;
    this.nextTry.cancel();
    const sentence = withoutSecrets(`The server "${this.record.server}" ${why.sentence}.`, owner.config.target);
    const { lost, repeat } = this.router.down(sentence, why.notTaken ?? []);
    if (why.sessionGone && now - this.renewedAt > RENEW_AGAIN) {
      this.row.save(NOTHING_BEHIND);
      this.begin('restart', why.sentence).catch(() => {});
    } else {
      const reason = why.keeperLost ? 'keeper_lost' : 'crashed';
      const { code, signal } = why;
      const event = this.row.event('server_stopped', { reason, code, signal, calls_lost: lost });
      // A session over HTTP may still be there, when its server is reached again.
      const mayBeThere = this.record.upstream_session_id !== null && !why.sessionGone;
      this.row.save(mayBeThere ? {} : NOTHING_BEHIND, event);
      owner.failed(sentence, connection);
      if (why.keeperLost) this.nextTry.lostWithOthers();
      else this.nextTry.crashed();
      this.plan();
    }
    for (const [channel, request] of repeat) this.request(channel, request, true);
  }

  private startFailed(error: string, connection: ServerConnection | null): void {
    const { owner, hadConnection } = this;
    this.hasFailed = true;
    this.nextTry.failed();
    owner.failed(error, connection);
    this.plan();
    const { server } = this.record;
    const { attempt, isOpen } = owner.starts;
    const payload = { server, error, attempt, next_try_at: this.nextTryAt, circuit_open: isOpen };
    const at = owner.deps.clock.now();
    const event: NewEvent = { at, session_id: this.row.sessionId, kind: 'server_unavailable', payload };
    if (hadConnection) this.row.save({ child_id: null, pid: null, pid_started: null }, event);
    else this.row.remove(event);
  }

  /** Plans the next try, if somebody wants it without asking for it. */
  private plan(): void {
    const isWanted = this.owner.config.policy === 'shared' || (this.record.session_key !== null && this.hadConnection);
    if (isWanted && !this.isOver) this.nextTry.plan(() => void this.begin('restart').catch(() => {}));
  }

  private async halt(reason: ServerStopReason, forGood: boolean): Promise<void> {
    const { connection, phase } = this;
    this.connection = null;
    this.phase = 'stopped';
    this.hasFailed = false;
    this.turn += 1;
    this.starting = null;
    this.nextTry.cancel();
    this.own.failAll(new Error('was stopped'));
    const sentence = `The server "${this.record.server}" was stopped.`;
    const { lost, repeat } = this.router.down(sentence, []);
    for (const [channel, { id }] of repeat) channel.deliver(rpcError(id, RPC.serverError, sentence), id);
    const payload = { reason, code: null, signal: null, calls_lost: lost + repeat.length };
    const events = phase === 'running' ? [this.row.event('server_stopped', payload)] : [];
    if (forGood || !this.hadConnection) this.row.remove(...events);
    else this.row.save(NOTHING_BEHIND, ...events);
    if (connection) this.closing = connection.close();
    await this.closing;
  }

  private unavailable(): Error {
    const said = this.owner.lastError ?? `The server "${this.record.server}" does not run.`;
    const isWaiting = this.nextTryAt !== null || this.nextTry.isOpen;
    return new Error(isWaiting ? `${said} Holdfast tries again in ${this.nextTry.secondsLeft} s.` : said);
  }
}
