import { HoldfastError } from '../../../../shared/errors';
import { type BackoffOptions, backoff } from '../../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../../shared/model/units';
import {
  isObject,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../../mcp/json-rpc';
import { PendingRequests } from '../../../mcp/pending-requests';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import { within } from '../../../platform/deadline';
import type { Services } from '../../../services';

/** How long a server may take to connect, to initialize, or to answer one of Holdfast's own requests. */
const ANSWER_LIMIT: Ms = 30 * SECOND;
/** Delays between automatic retries of a server that could not be started; each is twice the one before. */
const RETRIES: BackoffOptions = { first: 15 * SECOND, longest: 5 * MINUTE };
const MAX_RETRIES = 8;

export interface ChildDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log' | 'bus'>;
  readonly connect: () => Promise<ServerChannel>;
  /** Resolves with the parameters to initialize the server with and the caller to do it for. */
  initialization(): Promise<{ readonly params: Params; readonly caller: Caller }>;
  /** How often a person has stopped the server: a start that was stopped is not tried again by itself. */
  timesStopped(server: string): number;
  /** Called once the server is initialized, before anything that waits for it continues. */
  cameUp(child: Child): void;
  /** Called for each request or notification from the server. */
  received(child: Child, message: JsonRpcRequest | JsonRpcNotification, relatedTo: RequestId | null): void;
}

const CHANGED = 'was changed or taken out of use';
const COULD_NOT = 'could not be started';

/** One server of a session. Its channel is made and initialized when first needed, and again after it was lost. */
export class Child {
  /** Name of the server; null for Holdfast's own tools. */
  readonly server: string | null;
  /** Number of channels made so far: ids issued on one channel mean nothing to the next. */
  generation = 0;
  /** When the current attempt to start began, in monotonic time; null while there is none. */
  startedAt: Ms | null = null;
  /** Requests sent to the server or waiting for it to come up. They fail when the channel is lost. */
  readonly pending: PendingRequests;
  private readonly deps: ChildDeps;
  private channel: ServerChannel | null = null;
  /** Rejects the initialization in progress. */
  private failInitialize: (error: Error) => void = () => {};
  private initialized: InitializeResult | null = null;
  private starting: Promise<void> | null = null;
  private retries = 0;
  private cancelRetry: (() => void) | null = null;
  private isClosed = false;

  constructor(server: string | null, deps: ChildDeps) {
    this.server = server;
    this.deps = deps;
    this.pending = new PendingRequests(deps.services.timers);
  }

  /** Whether the server is initialized, so that {@link send} reaches it. */
  get isUp(): boolean {
    return this.initialized !== null;
  }

  /** Whether the last start failed and a retry is scheduled: there is no point in waiting for it now. */
  get isResting(): boolean {
    return this.cancelRetry !== null;
  }

  /** Whether closing it would lose something: state in its channel, a start in progress, or a scheduled retry. */
  get keepsState(): boolean {
    return this.starting !== null || this.isResting || this.channel?.idleAfter === null;
  }

  get capabilities(): Params {
    return this.initialized?.capabilities ?? {};
  }

  can(capability: string): boolean {
    return isObject(this.initialized?.capabilities) && this.initialized.capabilities[capability] !== undefined;
  }

  /**
   * Connects and initializes the server unless it is up. Connecting and initializing may take 30 s each.
   * @throws HoldfastError `server_unavailable` or the code of the failure, with a sentence for a person
   */
  up(): Promise<void> {
    return this.initialized ? Promise.resolve() : this.begin([], () => {});
  }

  /**
   * Resumes calls made before a restart of Holdfast. Resolves, before the server is initialized, with the ids of calls
   * that will not be answered; never rejects. Calls `lostLater` if the server fails to start, which loses the rest.
   */
  resume(calls: readonly OpenCall[], lostLater: () => void): Promise<readonly RequestId[]> {
    return new Promise((resolve) => {
      this.begin(calls, resolve).catch(() => {
        resolve(calls.map(({ id }) => id));
        lostLater();
      });
    });
  }

  /** Reads the server's capabilities again: the process or its version may have changed. */
  refresh(): void {
    const { channel, isUp } = this;
    if (!isUp) return;
    void this.deps
      .initialization()
      .then(({ params, caller }) => this.initialize(params, caller))
      .then((result) => {
        if (this.channel === channel) this.initialized = result;
      })
      // The next request that needs the server reports the failure.
      .catch(() => {});
  }

  /** Sends a message; does nothing unless the server is up. */
  send(message: JsonRpcMessage, caller: Caller): void {
    if (this.initialized) this.channel?.send(message, caller);
  }

  /**
   * Sends a request of Holdfast's own and resolves with the response, which is not passed on to the client. Rejects if
   * the server is not up, is lost before it answers, or takes longer than 30 s.
   */
  async ask(request: JsonRpcRequest, caller: Caller): Promise<JsonRpcResponse> {
    if (!this.isUp) throw this.unavailable('is not running');
    return this.pending.ask(
      request.id,
      () => this.send(request, caller),
      ANSWER_LIMIT,
      () => this.late(),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cancelRetry?.();
    this.cancelRetry = null;
    const { channel } = this;
    this.release(CHANGED);
    await channel?.close();
  }

  private begin(calls: readonly OpenCall[], lost: (ids: readonly RequestId[]) => void): Promise<void> {
    if (this.isClosed) return Promise.reject(this.unavailable(CHANGED));
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.starting ??= this.attempt(calls, lost).finally(() => {
      this.starting = null;
      this.startedAt = null;
    });
    return this.starting;
  }

  private async attempt(calls: readonly OpenCall[], lost: (ids: readonly RequestId[]) => void): Promise<void> {
    this.startedAt = this.deps.services.clock.monotonic();
    const stops = this.timesStopped;
    try {
      const channel = await this.made();
      if (calls.length > 0) lost((await channel.resume?.(calls)) ?? calls.map(({ id }) => id));
      const { params, caller } = await this.deps.initialization();
      const result = await this.initialize(params, caller);
      if (this.channel !== channel) throw this.unavailable('stopped');
      this.initialized = result;
      this.retries = 0;
    } catch (error) {
      const { channel } = this;
      this.release(COULD_NOT);
      channel?.close().catch(() => {});
      const known = error instanceof HoldfastError ? error : this.unavailable(COULD_NOT, error);
      if (!this.isClosed) this.note(known);
      if (this.timesStopped === stops) this.retryLater();
      throw known;
    }
    this.deps.cameUp(this);
  }

  /** Logs a failed start. Expected failures are explained by their message; others have a cause, logged with it. */
  private note({ message, cause }: HoldfastError): void {
    const { log } = this.deps.services;
    const about = { server: this.server, reason: message, ...(cause === undefined ? {} : { err: cause }) };
    log.warn(about, 'a server could not be started for a session');
  }

  private async made(): Promise<ServerChannel> {
    const connecting = this.deps.connect();
    let channel: ServerChannel;
    try {
      channel = await this.within(connecting);
    } catch (error) {
      // Close a channel that arrives too late: nobody waits for it any more.
      connecting.then((late) => late.close()).catch(() => {});
      throw error;
    }
    if (this.isClosed) {
      await channel.close();
      throw this.unavailable(CHANGED);
    }
    this.generation += 1;
    this.channel = channel;
    channel.onmessage = (message, relatedTo) => this.received(channel, message, relatedTo);
    channel.onclose = () => this.lost(channel);
    return channel;
  }

  private initialize(params: Params, caller: Caller): Promise<InitializeResult> {
    if (!this.channel) return Promise.reject(this.unavailable('is not running'));
    const lost = new Promise<never>((_, reject) => {
      this.failInitialize = reject;
    });
    return this.within(Promise.race([this.channel.initialize(params, caller), lost]));
  }

  private received(channel: ServerChannel, message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.channel !== channel) return;
    if (isResponse(message)) this.pending.settle(message);
    else this.deps.received(this, message, relatedTo);
  }

  private lost(channel: ServerChannel): void {
    if (this.channel !== channel) return;
    this.release('stopped');
  }

  private release(what: string): void {
    const wasUp = this.isUp;
    this.channel = null;
    this.initialized = null;
    this.failInitialize(this.unavailable(what));
    // Before it was up, requests wait for `up`, whose rejection fails them.
    if (wasUp) this.pending.failAll(this.unavailable(what));
  }

  private get timesStopped(): number {
    return this.server === null ? 0 : this.deps.timesStopped(this.server);
  }

  /** Schedules a retry without waiting for a request: clients do not ask again for what a list left out. */
  private retryLater(): void {
    if (this.isClosed || this.retries >= MAX_RETRIES) return;
    const delay = backoff(RETRIES, this.retries);
    this.retries += 1;
    const { timers, bus } = this.deps.services;
    const stops = this.timesStopped;
    const again = () => void this.begin([], () => {}).catch(() => {});
    const cancel = timers.after(delay, () => {
      if (this.timesStopped === stops) {
        again();
        return;
      }
      this.cancelRetry?.();
      this.cancelRetry = null;
    });
    const stop = bus.subscribe((events) => {
      // It started for another session or on a person's request, so the problem is solved.
      if (events.some((one) => one.kind === 'server_started' && one.payload.server === this.server)) again();
    });
    this.cancelRetry = () => {
      cancel();
      stop();
    };
  }

  private within<T>(work: Promise<T>): Promise<T> {
    return within(this.deps.services.timers, ANSWER_LIMIT, work, () => this.late());
  }

  private late(): HoldfastError {
    return this.unavailable(`did not answer within ${ANSWER_LIMIT / SECOND} seconds`);
  }

  private unavailable(what: string, cause?: unknown): HoldfastError {
    const sentence = `The server "${this.server ?? 'holdfast'}" ${what}. See the Servers view of Holdfast, then try again.`;
    return new HoldfastError('server_unavailable', sentence, { cause });
  }
}
