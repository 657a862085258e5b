import type { ServerStopReason } from '../../../shared/contract/event';
import type { ServerInstance } from '../../../shared/contract/server';
import type { Sharing } from '../../../shared/contract/session';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { JsonRpcNotification, JsonRpcRequest, JsonRpcResponse, RequestId } from '../../mcp/json-rpc';
import type { InitializeResult, OpenCall } from '../../mcp/server-channel';
import type { OutputLine } from '../past-output';
import { withoutSecrets } from '../redaction';
import type { ServerConnection } from '../server-connection';
import type { ClientSettings, InstanceRecord, OpenQuestion } from '../upstream-ports';
import { tellsRoots } from './declared-capabilities';
import { withExtensions } from './handshake';
import { InstanceActivity } from './instance-activity';
import { InstanceLifecycle } from './instance-lifecycle';
import type { InstanceOwner } from './instance-owner';
import { InstanceRequests, WAIT_LIMIT } from './instance-requests';
import { InstanceRow } from './instance-row';
import { MessageRouter } from './message-router';
import { OwnRequests } from './own-requests';
import type { RoutedChannel } from './routed-channel';

const OWN_REQUEST_LIMIT: Ms = 30 * SECOND;

const NOBODY_WAITS = 'Nobody waits for the call any more.';

/**
 * A server as used by one session, or by all sessions when it is shared. It owns the initialization: later clients are
 * answered from memory. What it is asked reaches the process or connection that its {@link InstanceLifecycle} runs.
 */
export class Instance {
  readonly router: MessageRouter;
  private readonly owner: InstanceOwner;
  private readonly own: OwnRequests;
  private readonly row: InstanceRow;
  private readonly lifecycle: InstanceLifecycle;
  private readonly requests: InstanceRequests;

  /** @param hadConnection - whether a process or connection has ever run for it */
  constructor(owner: InstanceOwner, record: InstanceRecord, hadConnection: boolean) {
    const { clock, timers, callIds } = owner.deps;
    const { instance_id } = record;
    this.owner = owner;
    this.row = new InstanceRow(owner.deps, record, hadConnection);
    this.own = new OwnRequests(
      (message) => this.lifecycle.connection?.send(message),
      timers,
      callIds,
      (text) => withoutSecrets(text, owner.config.target, owner.login?.presentToken),
    );
    const activity = new InstanceActivity(owner.deps.activity, () => this.record);
    this.router = new MessageRouter({
      isShared: record.session_key === null,
      own: () => this.record.session_key,
      safe: owner.safe,
      activity,
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
      asked: (questions) => owner.deps.commit({ asked: questions.map((one) => ({ ...one, instance_id })) }),
      settled: (ids) => owner.deps.commit({ settled: ids.map((question_id) => ({ instance_id, question_id })) }),
    });
    this.lifecycle = new InstanceLifecycle(
      {
        owner,
        row: this.row,
        router: this.router,
        own: this.own,
        onConnection: () => this.requests.connected(),
        onRunning: () => this.requests.running(),
        onMessage: (message, relatedTo) => this.requests.take(message, relatedTo),
        onHeld: (id, isHeld) => this.requests.heldInConnection(id, isHeld),
        onStop: () => this.requests.stopped(),
        repeat: (channel, request) => this.request(channel, request, true),
      },
      hadConnection,
    );
    this.requests = new InstanceRequests({
      owner,
      lifecycle: this.lifecycle,
      router: this.router,
      own: this.own,
      activity,
      record: () => this.record,
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
    return this.lifecycle.state;
  }

  /** Wall-clock time of the next automatic retry; null if none is planned. */
  get nextTryAt(): Ms | null {
    return this.lifecycle.nextTryAt;
  }

  /** The server's latest answer to `initialize`; null if it has not answered yet. */
  get said(): InitializeResult | null {
    return this.lifecycle.said;
  }

  /** The keeper's id for the process. */
  get childId(): string | null {
    return this.lifecycle.connection?.child?.child_id ?? null;
  }

  /** Whether it is starting or running, or will be retried automatically. */
  get isWanted(): boolean {
    return this.lifecycle.isWanted;
  }

  /** Whether it has a process, or is about to get one. */
  get holdsProcess(): boolean {
    return this.lifecycle.holdsProcess;
  }

  /** Whether a request runs or waits, or it is starting. */
  get isBusy(): boolean {
    return this.requests.areOpen || this.state === 'starting';
  }

  /** Calls that its process is working on. */
  get runningCalls(): number {
    return this.router.running;
  }

  /** See {@link LoginWait.count}. */
  get heldCalls(): number {
    return this.requests.heldCalls;
  }

  /** Requests other than lists that the present process has got; infinite for one of an earlier Holdfast. */
  get uses(): number {
    return this.requests.uses;
  }

  /** How long it has been unused; 0 while it starts, or while a request runs or waits. */
  get unusedFor(): Ms {
    if (this.isBusy) return 0;
    return this.owner.deps.clock.monotonic() - this.requests.lastUsedAt;
  }

  output(): Promise<readonly OutputLine[]> {
    return this.lifecycle.connection?.output() ?? Promise.resolve([]);
  }

  stderr(): Promise<string[]> {
    return this.lifecycle.connection?.stderr() ?? Promise.resolve([]);
  }

  attach(channel: RoutedChannel): void {
    this.router.attach(channel);
  }

  detach(channel: RoutedChannel): void {
    this.requests.detach(channel);
    for (const id of this.requests.heldOf(channel)) this.router.withdraw(id, NOBODY_WAITS);
    this.router.detach(channel);
  }

  /**
   * The server's answer to `initialize`, from memory or by starting it. Rejects within 29 s, while the start goes on.
   * @param params - what the client of this session says of itself, see {@link learnClient}
   */
  async initialize(params: unknown, sessionKey: string): Promise<InitializeResult> {
    this.listen();
    this.meet(params, sessionKey);
    const known = this.said ?? (this.owner.login?.isNeeded ? this.owner.said : null);
    if (known) return known;
    await this.use(WAIT_LIMIT);
    if (!this.said) throw this.lifecycle.unavailable();
    return this.said;
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
    if (isNews && this.lifecycle.isRunning) this.own.notify('notifications/roots/list_changed');
  }

  /** The session brings what it has set on another instance, for the next Holdfast too, though nothing may run here yet. */
  bring(sessionKey: string, settings: ClientSettings): void {
    this.row.store({});
    this.router.bring(sessionKey, settings);
  }

  /**
   * Another instance serves this channel from now on: its calls get an error with this sentence, and go on unanswered, and what
   * it was asked is taken back.
   */
  leave(channel: RoutedChannel, sentence: string): void {
    const held = this.requests.heldOf(channel);
    this.requests.leave(channel, sentence);
    this.router.leave(channel, sentence);
    for (const id of held) this.router.withdraw(id, NOBODY_WAITS);
    this.detach(channel);
  }

  /** Forwards a request, starting the server if needed. The channel always gets an answer, if only an error. */
  request(channel: RoutedChannel, request: JsonRpcRequest, isRepeat = false): void {
    this.requests.request(channel, request, isRepeat);
  }

  /** Forwards a notification. It is dropped if the server is not running: it would mean nothing to the next process. */
  notify(channel: RoutedChannel, message: JsonRpcNotification): void {
    this.requests.notify(channel, message);
  }

  respond(channel: RoutedChannel, message: JsonRpcResponse): void {
    this.requests.respond(channel, message);
  }

  resume(channel: RoutedChannel, calls: readonly OpenCall[]): RequestId[] {
    return this.requests.resume(channel, calls);
  }

  /** Starts it unless it is running. Rejects with a sentence if that fails or takes longer than `limit`. */
  use(limit: Ms): Promise<void> {
    return this.lifecycle.use(limit);
  }

  /** Call after the login of the server has changed. */
  loginChanged(): void {
    this.requests.loginChanged();
    if (!this.owner.login?.isNeeded) this.lifecycle.loggedIn();
  }

  /** See {@link InstanceLifecycle.warmUp}. */
  warmUp(): void {
    this.lifecycle.warmUp();
  }

  /** See {@link InstanceLifecycle.retry}. */
  retry(): void {
    this.lifecycle.retry();
  }

  /** See {@link InstanceLifecycle.wake}. */
  wake(): void {
    this.lifecycle.wake();
  }

  /**
   * Adopts a connection that outlived Holdfast. Its messages wait until {@link listen}.
   * @param questions - what it asked and has no answer to
   */
  adopt(connection: ServerConnection, questions: readonly OpenQuestion[] = []): void {
    this.requests.adopted();
    this.lifecycle.adopt(connection);
    // It may well have answered calls of both.
    for (const key of this.router.sharers) this.router.lostState.mayKnow(key);
    this.router.restore(questions);
  }

  /** See {@link InstanceLifecycle.listen}. */
  listen(): void {
    this.lifecycle.listen();
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
    await this.lifecycle.stop(reason);
  }

  /** Stops it for good. */
  async end(reason: ServerStopReason): Promise<void> {
    await this.lifecycle.end(reason);
  }

  /** The server's configuration entry changed: stops it and, if it was wanted, starts it with the new entry. */
  replace(fingerprint: string): void {
    this.lifecycle.replace(fingerprint);
  }

  /** A person asked for it: stops it and, if it was wanted, starts it again. Calls in progress get an error. */
  restart(): void {
    this.lifecycle.restart();
  }

  /** Detaches, leaving its process or session running for the next Holdfast. */
  release(): void {
    this.requests.release();
    this.lifecycle.release();
  }
}
