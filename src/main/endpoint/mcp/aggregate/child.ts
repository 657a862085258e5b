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

/** What a server has not answered by then is given up; when that was its start, until it is needed again. */
const ANSWER_LIMIT: Ms = 30 * SECOND;
/** One that could not be had is tried again by itself after this long, then after twice as long, and so on. */
const RETRIES: BackoffOptions = { first: 15 * SECOND, longest: 5 * MINUTE };
const MAX_RETRIES = 8;

export interface ChildDeps {
  readonly services: Pick<Services, 'timers' | 'clock' | 'log' | 'bus'>;
  readonly connect: () => Promise<ServerChannel>;
  /** What to initialize it with, and on whose behalf. */
  initialization(): Promise<{ readonly params: Params; readonly caller: Caller }>;
  /** It is initialized. Called before anybody who waits for it goes on. */
  cameUp(child: Child): void;
  /** It said something that is no response. */
  received(child: Child, message: JsonRpcRequest | JsonRpcNotification, relatedTo: RequestId | null): void;
}

const CHANGED = 'was changed or taken out of use';
const COULD_NOT = 'could not be started';

/** The channel to one server among those of a session: made and initialized on its first need, and again after it was lost. */
export class Child {
  /** Its name; null for Holdfast's own tools. */
  readonly server: string | null;
  /** Counts the channels that were made: what was said to one of them means nothing to the next. */
  generation = 0;
  /** When the attempt began that runs; null when none does. */
  startedAt: Ms | null = null;
  /** Requests that it works on, or is to work on once it is up. They fail when it is gone. */
  readonly pending: PendingRequests;
  private readonly deps: ChildDeps;
  private channel: ServerChannel | null = null;
  /** Fails what waits for the channel to be initialized. */
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

  /** Whether it is initialized: {@link send} reaches it. */
  get isUp(): boolean {
    return this.initialized !== null;
  }

  /** Could not be had and is tried again later: waiting for it is of no use now. */
  get isResting(): boolean {
    return this.cancelRetry !== null;
  }

  /** Whether something is lost when it is closed: what its channel keeps, or that it will be there. */
  get keepsState(): boolean {
    return this.starting !== null || this.isResting || this.channel?.idleAfter === null;
  }

  can(capability: string): boolean {
    return isObject(this.initialized?.capabilities) && this.initialized.capabilities[capability] !== undefined;
  }

  /**
   * Makes and initializes it unless it is there. Rejects within 30 s.
   * @throws HoldfastError with a sentence that names the server
   */
  up(): Promise<void> {
    return this.initialized ? Promise.resolve() : this.begin([], () => {});
  }

  /**
   * Takes up calls of before a restart of Holdfast. Resolves with the ids of those that nobody will answer, before the server
   * is initialized, and is told those that turn out later to be lost as well.
   */
  resume(calls: readonly OpenCall[], lostLater: () => void): Promise<readonly RequestId[]> {
    return new Promise((resolve) => {
      this.begin(calls, resolve).catch(() => {
        resolve(calls.map(({ id }) => id));
        lostLater();
      });
    });
  }

  /** Asks anew what it can do: it may be another process now, or another version. */
  refresh(): void {
    const { channel, isUp } = this;
    if (!isUp) return;
    void this.deps
      .initialization()
      .then(({ params, caller }) => this.initialize(params, caller))
      .then((result) => {
        if (this.channel === channel) this.initialized = result;
      })
      // Whoever needs it next is told why it is not there.
      .catch(() => {});
  }

  /** Hands a message over; nothing happens unless it is up. */
  send(message: JsonRpcMessage, caller: Caller): void {
    if (this.initialized) this.channel?.send(message, caller);
  }

  /**
   * Sends a request whose answer is not for the client, or not only. Rejects when the server is gone before it answers, and
   * after 30 s.
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
      this.retryLater();
      throw known;
    }
    this.deps.cameUp(this);
  }

  /** An expected failure says all in its sentence; where it came from helps with the others. */
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
      // Should it come after all, nobody is waiting for it any more.
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
    // Whoever waits for it to be up is told by the failure of that.
    if (wasUp) this.pending.failAll(this.unavailable(what));
  }

  /** It may be back without anybody asking for it: clients do not ask again for what was left out of a list. */
  private retryLater(): void {
    if (this.isClosed || this.retries >= MAX_RETRIES) return;
    const delay = backoff(RETRIES, this.retries);
    this.retries += 1;
    const { timers, bus } = this.deps.services;
    const again = () => void this.begin([], () => {}).catch(() => {});
    const cancel = timers.after(delay, again);
    const stop = bus.subscribe((events) => {
      // It started for somebody else, or because a person wanted it: what was wrong is mended.
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
