import { HoldfastError } from '../../../../shared/errors';
import { type Ms, SECOND } from '../../../../shared/model/units';
import {
  isNotification,
  isObject,
  isRequest,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import type {
  Caller,
  Home,
  InitializeResult,
  OpenCall,
  OpenServerChannel,
  ServerChannel,
} from '../../../mcp/server-channel';
import { within } from '../../../platform/deadline';
import { randomText } from '../../../platform/random-text';
import type { Services } from '../../../services';
import { Questions } from './questions';

/** A server that has not answered `initialize` by then is given up. */
const CONNECT_LIMIT: Ms = 30 * SECOND;
/** Calls that are still running when their session ends get this long. */
const RETIRE_LIMIT: Ms = 2 * SECOND;
/** Random bytes in the name of a run: 6 characters. */
const RUN_BYTES = 4;

const TOO_SLOW = 'The server did not answer initialize within 30 seconds. See the Servers view of Holdfast.';
const ENDED = 'The session has ended.';
/** What a client is told of a call that a restart of Holdfast cut off from its server. */
export const INTERRUPTED = 'The call was interrupted by a restart of Holdfast; its outcome is unknown.';

/** Where the messages of one request go. */
export interface ReplyTo {
  /** Told before anything else: the id under which the request goes to the server end, its progress token as well. */
  sentAs(endId: string): void;
  /** The response, under the client's own id. Called exactly once; `cancelled` when nobody waits for it any more. */
  reply(response: JsonRpcResponse, cancelled: boolean): void;
  /** A notification or request of the server that belongs to the request. */
  related(message: JsonRpcMessage): void;
  /** Holdfast stops while the request runs. Whether the next run can go on with it; otherwise it is answered now. */
  leave?(): boolean;
}

interface Pending {
  readonly caller: Caller;
  readonly clientId: RequestId;
  readonly progressToken: unknown;
  readonly replyTo: ReplyTo;
  /** Progress that the client was told of before a restart. */
  readonly reached?: number;
}

/** A call of before a restart of Holdfast, whose answer may still come. */
export interface RestoredCall {
  /** As the server end knows it. */
  readonly open: OpenCall & { readonly id: string };
  readonly clientId: RequestId;
  readonly progressToken: unknown;
  readonly caller: Caller;
  readonly replyTo: ReplyTo;
  /** Progress that the client was told of. */
  readonly reached: number;
  /** Ids, as the client knows them, of what the server asked it within this call. */
  readonly questions: readonly string[];
}

export interface RelayOptions {
  readonly services: Services;
  readonly home: Home;
  readonly connect: OpenServerChannel;
  /** Takes what the server sends by itself, related to no request. */
  readonly push: (message: JsonRpcMessage) => void;
}

/**
 * Carries messages between the transports of one session and its server end. Request ids and progress tokens of clients
 * are replaced by its own, so that two transports may use the same; so are those of the server's requests, so that an end
 * that was made anew never meets an answer to its predecessor. What else a message says is not interpreted.
 *
 * Its own ids are never used twice, not by another relay and not after a restart: a late answer finds its call or none.
 */
export class Relay {
  private readonly options: RelayOptions;
  private readonly pending = new Map<string, Pending>();
  private readonly questions: Questions;
  private readonly run: string;
  private home: Home;
  private end: ServerChannel | null = null;
  private attaching: Promise<ServerChannel> | null = null;
  /** Null until the end is initialized. */
  private result: InitializeResult | null = null;
  private connecting: Promise<InitializeResult> | null = null;
  /** Fails what waits for the end to be initialized. */
  private failInitialize: (error: Error) => void = () => {};
  private lastNumber = 0;
  private lastUsed: Ms;
  private retired = false;
  private cancelRetire: (() => void) | null = null;

  constructor(options: RelayOptions) {
    this.options = options;
    this.home = options.home;
    this.questions = new Questions(options.services.random);
    this.run = randomText(options.services.random, RUN_BYTES);
    this.lastUsed = options.services.clock.monotonic();
  }

  /** Makes and initializes the server end unless it is there. Rejects when it cannot be had. */
  initialize(params: unknown, caller: Caller): Promise<InitializeResult> {
    return this.connect(params, caller);
  }

  /** The transport that this relay was made for got its first session: what the end keeps is that session's now. */
  rehome(sessionId: string): void {
    this.home = { ...this.home, id: sessionId, isSession: true };
    this.end?.rehome?.(sessionId);
  }

  /**
   * Takes up calls that ran when Holdfast was killed: their answers go where those of {@link request} go. Those that
   * nobody will answer any more get an error at once, without any server being started for it.
   * @returns a promise for the moment when the server end knows which calls are waited for; it never rejects
   */
  async restore(calls: readonly RestoredCall[], initializeParams: unknown): Promise<void> {
    for (const { open, ...pending } of calls) this.pending.set(open.id, pending);
    const failed = (error: unknown) => {
      this.options.services.log.warn({ err: error }, 'calls of before the restart could not be taken up');
      for (const { open } of calls) this.settle(open.id, rpcError(null, RPC.serverError, INTERRUPTED));
    };
    try {
      const end = await this.attach();
      const open = calls.filter(({ open: { id } }) => this.pending.has(id));
      for (const question of open.flatMap(({ questions }) => questions)) this.questions.restore(question);
      const lost = new Set((await end.resume?.(open.map((call) => call.open))) ?? open.map((call) => call.open.id));
      for (const call of open.filter(({ open: { id } }) => lost.has(id))) {
        // The process that asked is gone: another one must not get the answers.
        for (const question of call.questions) this.questions.answered(question);
        this.settle(call.open.id, rpcError(null, RPC.serverError, INTERRUPTED));
      }
      const kept = open.filter(({ open: { id } }) => !lost.has(id));
      const [first] = kept;
      if (first) this.connect(initializeParams, first.caller).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /**
   * Sends a client's request on. `replyTo` gets the response, whatever happens.
   * @param initializeParams - what to initialize the server end with when it has to be made
   */
  request(message: JsonRpcRequest, caller: Caller, initializeParams: unknown, replyTo: ReplyTo): void {
    this.lastNumber += 1;
    const id = `${this.run}-${this.lastNumber}`;
    const meta = isObject(message.params?._meta) ? message.params._meta : {};
    this.pending.set(id, { caller, clientId: message.id, progressToken: meta.progressToken, replyTo });
    this.touch();
    replyTo.sentAs(id);
    const inner = { ...withProgressToken(message, id), id };
    if (this.ready) {
      this.ready.send(inner, caller);
      return;
    }
    this.connect(initializeParams, caller).then(
      () => {
        if (this.pending.has(id)) this.ready?.send(inner, caller);
      },
      (error) => {
        this.options.services.log.warn({ err: error }, 'a server end could not be made');
        const { message } = error instanceof HoldfastError ? error : new HoldfastError('server_unavailable');
        this.settle(id, rpcError(null, RPC.internalError, message));
      },
    );
  }

  /** Sends a client's notification on. A cancelled request is answered at once, so that its stream ends. */
  notify(message: JsonRpcNotification, caller: Caller): void {
    this.touch();
    if (message.method !== 'notifications/cancelled') {
      this.ready?.send(message, caller);
      return;
    }
    const id = this.idOf(caller, message.params?.requestId);
    if (id === null) return;
    this.ready?.send({ ...message, params: { ...message.params, requestId: id } }, caller);
    this.settle(id, rpcError(null, RPC.serverError, 'The request was cancelled.'), true);
  }

  /** Sends a client's response to a request of the server on; one that nobody asked for is dropped. */
  respond(message: JsonRpcResponse, caller: Caller): void {
    const id = this.questions.answered(message.id);
    if (id === undefined) return;
    this.touch();
    this.ready?.send({ ...message, id }, caller);
  }

  /** Could be dropped and made again without anybody noticing: nothing runs, and its server end keeps no state. */
  isSpare(): boolean {
    if (this.pending.size > 0 || this.questions.size > 0 || this.connecting || this.attaching) return false;
    return this.end === null || this.end.idleAfter !== null;
  }

  /** Is spare, and has been unused for as long as its server end says. */
  isIdle(): boolean {
    const idleAfter = this.end?.idleAfter ?? 0;
    return this.isSpare() && this.options.services.clock.monotonic() - this.lastUsed >= idleAfter;
  }

  /** Lets what runs end within 2 s, then closes. The call that ends or leaves its own session gets its answer this way. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    if (this.pending.size === 0) void this.close(ENDED);
    else this.cancelRetire = this.options.services.timers.after(RETIRE_LIMIT, () => void this.close(ENDED));
  }

  /**
   * Holdfast stops. What the server goes on with is left to the next run, and until then answers are taken as ever;
   * everything else is answered with an error.
   */
  async leave(reason: string): Promise<void> {
    const canGoOn = this.ready?.resume !== undefined;
    const left = new Set(
      canGoOn ? [...this.pending].filter(([, { replyTo }]) => replyTo.leave?.()).map(([id]) => id) : [],
    );
    if (left.size === 0) return this.close(reason);
    for (const id of [...this.pending.keys()]) {
      if (!left.has(id)) this.settle(id, rpcError(null, RPC.serverError, reason));
    }
  }

  /** Answers what runs with an error and closes the server end. */
  async close(reason: string): Promise<void> {
    this.retired = true;
    this.cancelRetire?.();
    const end = this.end;
    this.release();
    this.giveUp(reason);
    this.failInitialize(new Error('the session ended meanwhile'));
    await end?.close();
  }

  /** The end, once requests can be sent to it. */
  private get ready(): ServerChannel | null {
    return this.result === null ? null : this.end;
  }

  private connect(params: unknown, caller: Caller): Promise<InitializeResult> {
    if (this.result) return Promise.resolve(this.result);
    this.connecting ??= this.make(params, caller).finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async make(params: unknown, caller: Caller): Promise<InitializeResult> {
    const end = await this.attach();
    if (this.end !== end) throw new Error('the server stopped before it was initialized');
    try {
      const result = await this.initializeEnd(end, params, caller);
      if (this.end !== end) throw new Error('the session ended meanwhile');
      this.result = result;
      this.touch();
      return result;
    } catch (error) {
      if (this.end === end) {
        this.release();
        await end.close();
      }
      throw error;
    }
  }

  /** The end, made when there is none; it need not be initialized yet. */
  private attach(): Promise<ServerChannel> {
    if (this.end) return Promise.resolve(this.end);
    this.attaching ??= this.makeEnd().finally(() => {
      this.attaching = null;
    });
    return this.attaching;
  }

  private async makeEnd(): Promise<ServerChannel> {
    const { home } = this;
    const end = await this.options.connect(home);
    if (this.retired) {
      await end.close();
      throw new Error('the session ended meanwhile');
    }
    end.onmessage = (message, relatedTo) => this.fromServer(message, relatedTo);
    end.onclose = () => this.lost(end);
    if (this.home.id !== home.id) end.rehome?.(this.home.id);
    this.end = end;
    return end;
  }

  private release(): void {
    this.end = null;
    this.result = null;
  }

  private initializeEnd(end: ServerChannel, params: unknown, caller: Caller): Promise<InitializeResult> {
    const lost = new Promise<never>((_, reject) => {
      this.failInitialize = reject;
    });
    const initialized = Promise.race([end.initialize(params as Params, caller), lost]);
    const tooSlow = () => new HoldfastError('server_unavailable', TOO_SLOW);
    return within(this.options.services.timers, CONNECT_LIMIT, initialized, tooSlow);
  }

  private fromServer(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isRequest(message)) {
      const asked = this.questions.ask(message);
      if (asked) this.deliver(asked, relatedTo);
    } else if (!isNotification(message)) this.settle(message.id, message);
    else if (message.method === 'notifications/progress') this.progressFromServer(message);
    else if (message.method === 'notifications/cancelled') this.cancelFromServer(message, relatedTo);
    else this.deliver(message, relatedTo);
  }

  private progressFromServer(message: JsonRpcNotification): void {
    const pending = this.pendingOf(message.params?.progressToken);
    // Progress of a request that is over means nothing to the client any more.
    if (!pending) return;
    const { progressToken, reached } = pending;
    const progress = message.params?.progress;
    // What was told just before the restart may come again; progress only grows.
    if (reached !== undefined && typeof progress === 'number' && progress <= reached) return;
    pending.replyTo.related({ ...message, params: { ...message.params, progressToken } });
  }

  private cancelFromServer(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    const asked = this.questions.takenBack(message.params?.requestId);
    if (asked === undefined) return;
    this.deliver({ ...message, params: { ...message.params, requestId: asked } }, relatedTo);
  }

  private deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    const pending = this.pendingOf(relatedTo);
    if (pending) pending.replyTo.related(message);
    else this.options.push(message);
  }

  private settle(id: RequestId | null, response: JsonRpcResponse, cancelled = false): void {
    const pending = this.pendingOf(id);
    if (!pending) return;
    this.pending.delete(id as string);
    this.touch();
    pending.replyTo.reply({ ...response, id: pending.clientId }, cancelled);
    if (this.retired && this.pending.size === 0) void this.close(ENDED);
  }

  private pendingOf(id: unknown): Pending | undefined {
    return typeof id === 'string' ? this.pending.get(id) : undefined;
  }

  private idOf(caller: Caller, clientId: unknown): string | null {
    for (const [id, pending] of this.pending) {
      if (pending.clientId === clientId && pending.caller.transport_id === caller.transport_id) return id;
    }
    return null;
  }

  private lost(end: ServerChannel): void {
    this.failInitialize(new Error('the server stopped while it was initialized'));
    if (this.end !== end) return;
    const isConnecting = this.result === null;
    this.release();
    // Whoever waits for the connection is told by its failure.
    if (!isConnecting) this.giveUp('The server behind this session stopped; the outcome of the call is unknown.');
  }

  private giveUp(reason: string): void {
    this.questions.clear();
    for (const id of [...this.pending.keys()]) this.settle(id, rpcError(null, RPC.serverError, reason));
  }

  private touch(): void {
    this.lastUsed = this.options.services.clock.monotonic();
  }
}

function withProgressToken(message: JsonRpcRequest, token: string): JsonRpcRequest {
  const meta = message.params?._meta;
  if (!isObject(meta) || meta.progressToken === undefined) return message;
  return { ...message, params: { ...message.params, _meta: { ...meta, progressToken: token } } };
}
