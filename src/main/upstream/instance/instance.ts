import type { NewEvent, ServerStopReason } from '../../../shared/contract/event';
import type { ServerInstance } from '../../../shared/contract/server';
import type { Sharing } from '../../../shared/contract/session';
import { said, sentences } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import {
  isObject,
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
import { HOLD_LIMIT, type Login } from '../login/login';
import type { OutputLine } from '../past-output';
import { withoutSecrets } from '../redaction';
import { StartGate } from '../restarts/start-gate';
import type { ConnectionEnd, ServerConnection } from '../server-connection';
import { heldBack } from '../tools/held-back';
import { ToolCheck } from '../tools/tool-check';
import type { InstanceRecord } from '../upstream-ports';
import { connectTo } from './connect';
import { initialize, probe, withExtensions } from './handshake';
import { InstanceActivity } from './instance-activity';
import type { InstanceOwner } from './instance-owner';
import { behind, InstanceRow, NOTHING_BEHIND } from './instance-row';
import { LoginNotices } from './login-notices';
import { MessageRouter, type RoutedChannel } from './message-router';
import { OwnRequests } from './own-requests';
import { WaitingRequests } from './waiting-requests';

/** How long a request waits for a server that has run before to come back. */
const USE_LIMIT: Ms = 5 * SECOND;
/** How long anything waits for a first start, which goes on after that: the next to ask may find it done. */
const WAIT_LIMIT: Ms = 29 * SECOND;
const OWN_REQUEST_LIMIT: Ms = 30 * SECOND;
/** How long a server may take to list its tools before one of them is called, where changed ones are held back. */
const TOOLS_LIMIT: Ms = 10 * SECOND;
/** An HTTP session that the server drops again this soon after a renewal counts as a crash. */
const RENEW_AGAIN: Ms = 30 * SECOND;

const TOOLS_CHANGED = 'notifications/tools/list_changed';

type StartCause = Extract<NewEvent, { kind: 'server_started' }>['payload']['cause'];

/**
 * A server as used by one session, or by all sessions when it is shared. It owns the initialization: later clients are
 * answered from memory, and a replacement process is told everything its predecessor knew. It starts, stops and
 * restarts the process or connection, never more than one at a time.
 */
export class Instance {
  readonly router: MessageRouter;
  private readonly owner: InstanceOwner;
  private readonly own: OwnRequests;
  private readonly activity: InstanceActivity;
  private readonly toolCheck: ToolCheck;
  private readonly row: InstanceRow;
  private readonly nextTry: StartGate;
  private connection: ServerConnection | null = null;
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
  private isOver = false;
  private readonly waiting = new WaitingRequests();
  private lastUsed: Ms;
  /** Requests other than lists that the present process has got. */
  private used = 0;
  /** Its process runs, or may be started. */
  private isAdmitted = false;
  /** Its start ended for want of a login; it is wanted again after one. */
  private wantsLogin = false;
  private readonly notices: LoginNotices;
  /** Calls that wait for a login in the connection. */
  private readonly held = new Set<RequestId>();

  /** @param hadConnection - whether a process or connection has ever run for it */
  constructor(owner: InstanceOwner, record: InstanceRecord, hadConnection: boolean) {
    const { clock, timers, callIds } = owner.deps;
    this.owner = owner;
    this.row = new InstanceRow(owner.deps, record, hadConnection);
    this.nextTry = new StartGate(owner.deps, owner);
    this.hadConnection = hadConnection;
    this.lastUsed = clock.monotonic();
    this.notices = this.makeNotices();
    this.own = new OwnRequests((message) => this.connection?.send(message), timers, callIds);
    this.activity = new InstanceActivity(owner.deps.activity, () => this.record);
    this.toolCheck = new ToolCheck({
      clock,
      isHolding: () => owner.deps.tools.isHolding,
      ask: (params) => this.own.ask('tools/list', params, TOOLS_LIMIT),
      listings: owner.listings(true),
    });
    this.router = new MessageRouter({
      isShared: record.session_key === null,
      own: () => this.record.session_key,
      safe: owner.safe,
      activity: this.activity,
      clock,
      timers,
      clientSettings: record.client_settings,
      isAway: (sessionKey) => owner.deps.sessions(sessionKey).isAway === true,
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

  /** The only session it serves; null if it is shared or the session was not created yet. */
  get sessionId(): string | null {
    return this.row.sessionId;
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

  /** The keeper's id for the process. */
  get childId(): string | null {
    return this.connection?.child?.child_id ?? null;
  }

  /** Whether it is starting or running, or will be retried automatically. */
  get isWanted(): boolean {
    return this.phase !== 'stopped' || this.nextTryAt !== null;
  }

  /** Whether it has a process, or is about to get one. */
  get holdsProcess(): boolean {
    return this.isAdmitted && this.phase !== 'stopped' && this.owner.config.target.kind === 'stdio';
  }

  /** Whether a request runs or waits, or it is starting. */
  get isBusy(): boolean {
    return this.router.running > 0 || this.waiting.size > 0 || this.phase === 'starting';
  }

  /** Calls that its process is working on. */
  get runningCalls(): number {
    return this.router.running;
  }

  /** Number of calls that wait for a login. Lists wait, too, but Holdfast asks for them itself, and they are remembered. */
  get heldCalls(): number {
    if (!this.owner.login?.isNeeded) return 0;
    return this.waiting.all.filter(([, request]) => isUse(request)).length + this.held.size;
  }

  /** Requests other than lists that the present process has got; infinite for one of an earlier Holdfast. */
  get uses(): number {
    return this.used;
  }

  /** How long it has been unused; 0 while it starts, or while a request runs or waits. */
  get unusedFor(): Ms {
    if (this.isBusy) return 0;
    return this.owner.deps.clock.monotonic() - this.lastUsed;
  }

  output(): Promise<readonly OutputLine[]> {
    return this.connection?.output() ?? Promise.resolve([]);
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
   * The server's answer to `initialize`, from memory or by starting it. Rejects within 29 s, while the start goes on.
   * @param params - what the client of this session says of itself, see {@link learnClient}
   */
  async initialize(params: unknown, sessionKey: string): Promise<InitializeResult> {
    this.listen();
    this.meet(params, sessionKey);
    const known = this.result ?? (this.owner.login?.isNeeded ? this.owner.said : null);
    if (known) return known;
    await this.use(WAIT_LIMIT);
    if (!this.result) throw this.unavailable();
    return this.result;
  }

  /**
   * Records the client's latest `initialize` params. A client may return to its session in another version, with other
   * capabilities. MCP 2025-11-25 (lifecycle) allows only one initialization, and a restart would lose the server's
   * state. So a running process keeps the params it was given first: it does not use new capabilities, and the client
   * itself refuses requests for those it no longer has. The next process gets the new params. A shared server learns only
   * which extensions its clients have.
   */
  learnClient(params: unknown): void {
    if (!params) return;
    const { session_key, initialize_params: known } = this.record;
    const learned = session_key === null ? withExtensions(known, params) : params;
    if (learned !== known) this.row.save({ initialize_params: learned });
  }

  /** The client of this session introduces itself. A guest's says nothing of the client that the server knows, unless that is all. */
  meet(params: unknown, sessionKey: string): void {
    const { session_key, initialize_params } = this.record;
    if (session_key === null || session_key === sessionKey || initialize_params === null) this.learnClient(params);
  }

  /** With which guest its session shares it from now on; null: with none. */
  share(sharing: Sharing | null): void {
    const { session_key: own } = this.record;
    if (own === null) return;
    const before = this.router.askedParty ?? own;
    if (sharing === null) this.router.share(null, own);
    else {
      const { session_id: guest, asks } = sharing;
      this.router.share(asks === 'host' ? { asked: own, other: guest } : { asked: guest, other: own }, own);
    }
    // Somebody else says now what the roots are.
    const isNews = before !== (this.router.askedParty ?? own) && tellsRoots(this.record);
    if (isNews && this.phase === 'running') this.own.notify('notifications/roots/list_changed');
  }

  /**
   * Another instance serves this channel from now on: its calls get an error with this sentence, and go on unanswered, and what
   * it was asked is taken back.
   */
  leave(channel: RoutedChannel, sentence: string): void {
    this.waiting.leave(channel, sentence);
    this.router.leave(channel, sentence);
    this.detach(channel);
  }

  /** Forwards a request, starting the server if needed. The channel always gets an answer, if only an error. */
  request(channel: RoutedChannel, request: JsonRpcRequest, isRepeat = false): void {
    this.lastUsed = this.owner.deps.clock.monotonic();
    this.activity.sent(request.id, isRepeat);
    if (isUse(request)) this.used += 1;
    this.listen();
    const send = () => this.sendChecked(channel, request, isRepeat);
    if (this.phase === 'running') send();
    else this.waitFor(channel, request, send);
    if (this.owner.login?.isNeeded) this.notices.begin();
  }

  /** Sends a request to the running server. A call waits until it is known what its tool says now, where that matters. */
  private sendChecked(channel: RoutedChannel, request: JsonRpcRequest, isRepeat: boolean): void {
    const tool = request.method === 'tools/call' ? request.params?.name : undefined;
    const { server } = this.record;
    const { tools } = this.owner.deps;
    const send = () => {
      if (typeof tool === 'string' && tools.isHeld(server, tool)) {
        channel.deliver(heldBack(request.id, server, tool), request.id);
        return;
      }
      if (typeof tool === 'string') tools.used(server, tool);
      this.router.request(channel, request, isRepeat);
    };
    if (typeof tool !== 'string' || !this.toolCheck.isDue || this.result?.capabilities.tools === undefined) send();
    else {
      const checked = this.toolCheck.read().catch((error: Error) => {
        throw new Error(said('said.server.named', { name: server, what: error.message }));
      });
      this.waiting.add(channel, request, checked, send);
    }
  }

  /** Sends a request once the server is up, and keeps it for the next Holdfast while only a login is missing. */
  private waitFor(channel: RoutedChannel, request: JsonRpcRequest, send: () => void): void {
    const { login, deps } = this.owner;
    if (login?.isNeeded && isUse(request)) {
      deps.heldCalls.hold(this.record.server, request);
      this.activity.held(request.id, true);
    }
    const started = this.upOrLogin(this.hadConnection ? USE_LIMIT : WAIT_LIMIT);
    const release = () => {
      this.activity.held(request.id, false);
      if (!this.isOver) deps.heldCalls.release(request.id);
    };
    started.then(release, release);
    this.waiting.add(channel, request, started, send);
  }

  /** Forwards a notification. It is dropped if the server is not running: it would mean nothing to the next process. */
  notify(channel: RoutedChannel, message: JsonRpcNotification): void {
    if (message.method === 'notifications/cancelled') {
      this.waiting.takeBack(message.params?.requestId);
      this.owner.deps.heldCalls.release(message.params?.requestId as RequestId);
    }
    if (this.phase === 'running') this.router.notify(channel, message);
  }

  respond(channel: RoutedChannel, message: JsonRpcResponse): void {
    if (this.notices.take(message)) return;
    this.lastUsed = this.owner.deps.clock.monotonic();
    this.router.respond(channel, message);
  }

  resume(channel: RoutedChannel, calls: readonly OpenCall[]): RequestId[] {
    const { heldCalls } = this.owner.deps;
    const others: OpenCall[] = [];
    for (const call of calls) {
      const held = heldCalls.resume(this.record.server, call.id);
      if (held) this.request(channel, held);
      else others.push(call);
    }
    return this.router.resume(channel, others);
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
  private async upOrLogin(limit: Ms): Promise<void> {
    try {
      await this.use(limit);
    } catch (error) {
      const { starting } = this;
      if (!starting || !this.owner.login?.isNeeded) throw error;
      await within(this.owner.deps.timers, HOLD_LIMIT, starting, () => error as Error);
    }
  }

  /** Call after the login of the server has changed. */
  loginChanged(): void {
    if (this.owner.login?.isNeeded) {
      if (this.heldCalls > 0) this.notices.begin();
      return;
    }
    this.notices.end();
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
    this.connection?.wake();
    if (this.phase === 'running') probe(this.own).catch(() => {});
    this.nextTry.woke();
    if (this.phase === 'stopped' && this.nextTry.at !== null) this.plan();
  }

  /** Adopts a connection that outlived Holdfast. Its messages wait until {@link listen}. */
  adopt(connection: ServerConnection): void {
    this.isListening = false;
    this.hadConnection = true;
    this.result = this.record.initialize_result;
    this.connection = connection;
    this.isAdmitted = true;
    this.used = Number.POSITIVE_INFINITY;
    this.watch(connection, true);
    this.phase = 'running';
    this.nextTry.running();
  }

  /** Starts delivering the messages of an adopted server, beginning with those that waited. */
  listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.connection?.listen();
  }

  /**
   * Serves another session from now on. Call it only while nobody uses it and its own session was never created, or is over and
   * that other one has shared it.
   */
  moveTo(sessionKey: string): void {
    this.row.moveTo(sessionKey);
  }

  /** Call after its session was created. */
  sessionMade(): void {
    this.row.sessionMade();
  }

  /** Stops it. Client settings are kept for the next start. */
  async stop(reason: ServerStopReason): Promise<void> {
    await this.halt(reason, false);
  }

  /** Stops it for good. */
  async end(reason: ServerStopReason): Promise<void> {
    this.isOver = true;
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
    this.isOver = true;
    this.notices.end();
    this.waiting.clear();
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
      const sentence = withoutSecrets(
        whyNotStarted(this.record.server, error),
        owner.config.target,
        owner.login?.presentToken,
      );
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

  /** Initializes the server, replays what its predecessor knew, and returns its answer to `initialize`. */
  private async handshake(connection: ServerConnection): Promise<InitializeResult> {
    const { own, owner } = this;
    const { fingerprint } = owner.config;
    if (connection.isResumed && this.result) {
      this.row.store({ ...behind(connection), fingerprint });
      await probe(own);
      return this.result;
    }
    // If Holdfast were killed now, the next one could not tell how far this got.
    this.row.store({ ...behind(connection), fingerprint, initialize_result: null });
    const { initialize_params: initializeParams, client_settings: clientSettings, server } = this.record;
    const onProblem = (error: unknown) => owner.deps.log.warn({ err: error, server }, 'a server refused a setting');
    const { startLimit } = owner.config;
    return initialize({ own, startLimit, initializeParams, clientSettings, onProblem });
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
    this.used = this.waiting.size;
    this.phase = 'running';
    this.lastUsed = clock.monotonic();
    owner.cameUp();
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
    if (hadConnection && !connection.isResumed) this.router.lostState.replaced(this.noteOfLoss());
    this.lostBy = null;
    if (hadConnection) this.router.announce(result.capabilities);
  }

  private watch(connection: ServerConnection, isAdopted: boolean): void {
    this.toolCheck.forget();
    this.router.up(connection, isAdopted);
    connection.onstate = () => {
      if (this.connection === connection) this.row.save(behind(connection));
    };
    connection.onmessage = (message, relatedTo) => this.take(connection, message, relatedTo);
    connection.onheld = (call, isHeld) => this.callHeld(call, isHeld);
    connection.onclose = (why) => this.closed(connection, why);
  }

  private take(connection: ServerConnection, message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.connection !== connection || this.own.take(message)) return;
    if (isResponse(message)) this.lastUsed = this.owner.deps.clock.monotonic();
    else if (message.method === TOOLS_CHANGED) this.toolCheck.forget();
    this.router.take(message, relatedTo);
  }

  /** A call waits for a login in the connection, or does no longer. */
  private callHeld(id: RequestId, isHeld: boolean): void {
    const { heldCalls } = this.owner.deps;
    this.activity.held(id, isHeld);
    const request = this.router.calling.find(([, one]) => one.id === id)?.[1];
    if (isHeld && request && isUse(request)) {
      this.held.add(id);
      heldCalls.hold(this.record.server, request);
      this.notices.begin();
    } else if (!isHeld) {
      this.held.delete(id);
      // What Holdfast stops in is left to its next start.
      if (!this.isOver) heldCalls.release(id);
    }
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
    const sentence = withoutSecrets(
      said('said.server.named', { name: this.record.server, what: why.sentence }),
      owner.config.target,
      owner.login?.presentToken,
    );
    this.lostBy = withoutSecrets(why.sentence, owner.config.target, owner.login?.presentToken);
    const { lost, repeat } = this.router.down(sentence, why.notTaken ?? []);
    if (why.sessionGone && now - this.renewedAt > RENEW_AGAIN) {
      this.row.save(NOTHING_BEHIND);
      this.begin('restart', why.sentence).catch(() => {});
    } else {
      const reason = why.keeperLost ? 'keeper_lost' : 'crashed';
      const { code, signal } = why;
      const event = this.row.event('server_stopped', { reason, code, signal, calls_lost: lost });
      // An HTTP session may still exist once its server can be reached again.
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
    const counts = !this.nextTry.isWaking;
    this.nextTry.failed();
    owner.failed(error, connection);
    this.plan();
    // Tried again within two seconds, so there is nothing to say yet.
    if (!counts && hadConnection) {
      this.row.save({ child_id: null, pid: null, pid_started: null });
      return;
    }
    const { server } = this.record;
    const { attempt, isOpen } = owner.starts;
    const payload = { server, error, attempt, next_try_at: this.nextTryAt, circuit_open: isOpen };
    const at = owner.deps.clock.now();
    const event: NewEvent = { at, session_id: this.row.sessionId, kind: 'server_unavailable', payload };
    if (hadConnection) this.row.save({ child_id: null, pid: null, pid_started: null }, event);
    else this.row.remove(event);
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
    if (this.isWantedAlways && !this.isOver) this.nextTry.plan(() => void this.begin('restart').catch(() => {}));
  }

  private async halt(reason: ServerStopReason, forGood: boolean): Promise<void> {
    const { connection, phase } = this;
    this.wantsLogin = false;
    this.notices.end();
    this.connection = null;
    this.phase = 'stopped';
    this.hasFailed = false;
    // Somebody else needed the room: nobody who uses this server meant its end.
    this.lostBy = reason === 'limit' ? said('said.server.ended_for_room') : null;
    this.turn += 1;
    this.starting = null;
    this.nextTry.cancel();
    this.own.failAll(new Error(said('said.server.stopped')));
    const sentence = `The server "${this.record.server}" was stopped.`;
    const { lost, repeat } = this.router.down(sentence, [...this.held]);
    for (const [channel, { id }] of repeat) channel.deliver(rpcError(id, RPC.serverError, sentence), id);
    const payload = { reason, code: null, signal: null, calls_lost: lost + repeat.length };
    const events = phase === 'running' ? [this.row.event('server_stopped', payload)] : [];
    if (forGood || !this.hadConnection) this.row.remove(...events);
    else this.row.save(NOTHING_BEHIND, ...events);
    if (connection) this.closing = connection.close();
    await this.closing;
  }

  private makeNotices(): LoginNotices {
    const { timers, random, log } = this.owner.deps;
    return new LoginNotices({
      login: () => this.owner.login,
      timers,
      random,
      log,
      waiting: () => [...this.waiting.all, ...this.router.calling.filter(([, { id }]) => this.held.has(id))],
      canAsk: () => canOpenAddresses(this.record),
    });
  }

  /** What models are told of the loss; null when it was meant to be, or when nobody wants to know. */
  private noteOfLoss(): string | null {
    const { config, deps } = this.owner;
    if (this.lostBy === null || !config.tellsLostState) return null;
    const at = new Date(deps.clock.now()).toTimeString().slice(0, 5);
    return `[Holdfast] At ${at} the server "${config.name}" began anew: it ${this.lostBy}. What it remembered of this session is gone.`;
  }

  /** Why whoever asked waits no longer, though the start goes on. */
  private notYet(): string {
    const { login } = this.owner;
    return login?.isNeeded
      ? said('said.server.named', { name: this.record.server, what: login.neededSentence })
      : this.slow();
  }

  /** Reports that whoever asked waits no longer. The start goes on. */
  private slow(): string {
    const seconds = Math.round((this.owner.deps.clock.monotonic() - this.startingSince) / SECOND);
    const sentence = said('said.server.named', {
      name: this.record.server,
      what: said('said.server.still_starting', { seconds }),
    });
    this.owner.slow(sentence);
    return sentences(sentence, said('said.server.try_in_a_moment'));
  }

  private unavailable(): Error {
    const error =
      this.owner.lastError ??
      said('said.server.named', { name: this.record.server, what: said('said.server.does_not_run') });
    const isWaiting = this.nextTryAt !== null || this.nextTry.isOpen;
    const tried = said('said.server.tried_in', { seconds: this.nextTry.secondsLeft });
    return new Error(isWaiting ? `${error} ${tried}` : error);
  }
}

/** Whether the client of this instance can show an address to its person. Nobody can be asked on a shared server. */
function canOpenAddresses({ session_key, initialize_params: params }: InstanceRecord): boolean {
  const capabilities = isObject(params) && isObject(params.capabilities) ? params.capabilities : {};
  return session_key !== null && isObject(capabilities.elicitation) && isObject(capabilities.elicitation.url);
}

/** Whether the server was told that it will hear of changes of the roots (MCP 2025-11-25, roots). */
function tellsRoots({ initialize_params: params }: InstanceRecord): boolean {
  const capabilities = isObject(params) && isObject(params.capabilities) ? params.capabilities : {};
  return isObject(capabilities.roots) && capabilities.roots.listChanged === true;
}

/** Lists come from memory too, so asking for one leaves nothing behind that anybody would miss. */
const isUse = ({ method }: JsonRpcRequest): boolean =>
  !method.endsWith('/list') && method !== 'ping' && method !== 'logging/setLevel';
