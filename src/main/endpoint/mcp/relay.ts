import { type Ms, SECOND } from '../../../shared/model/units';
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
} from '../../mcp/json-rpc';
import type { Caller, ConnectServerEnd, Home, InitializeResult, ServerEnd } from '../../mcp/server-end';
import { randomText } from '../../platform/random-text';
import type { Services } from '../../services';

/** A server that has not answered `initialize` by then is given up. */
const CONNECT_LIMIT: Ms = 30 * SECOND;
/** Calls that are still running when their session ends get this long. */
const RETIRE_LIMIT: Ms = 2 * SECOND;
/** Requests of the server that the client has not answered; older ones are forgotten first. */
const MAX_ASKED = 1_000;
/** The id of the relay's own `initialize`; requests of clients count from 1. */
const INITIALIZE_ID = 0;

const ENDED = 'The session has ended.';

/** Where the messages of one request go. */
export interface ReplyTo {
  /** The response, under the client's own id. Called exactly once; `cancelled` when nobody waits for it any more. */
  reply(response: JsonRpcResponse, cancelled: boolean): void;
  /** A notification or request of the server that belongs to the request. */
  related(message: JsonRpcMessage): void;
}

interface Pending {
  readonly caller: Caller;
  readonly clientId: RequestId;
  readonly progressToken: unknown;
  readonly replyTo: ReplyTo;
}

interface Connected {
  readonly end: ServerEnd;
  readonly result: InitializeResult;
}

export interface RelayOptions {
  readonly services: Services;
  readonly home: Home;
  readonly connect: ConnectServerEnd;
  /** Takes what the server sends by itself, related to no request. */
  readonly push: (message: JsonRpcMessage) => void;
}

/**
 * Carries messages between the transports of one session and its server end. Request ids and progress tokens of clients
 * are replaced by its own, so that two transports may use the same; so are those of the server's requests, so that an end
 * that was made anew never meets an answer to its predecessor. What else a message says is not interpreted.
 */
export class Relay {
  private readonly options: RelayOptions;
  private readonly pending = new Map<number, Pending>();
  /** Requests of the server by the id the client sees, with the id the server gave. */
  private readonly asked = new Map<string, RequestId>();
  private connected: Connected | null = null;
  private connecting: Promise<Connected> | null = null;
  private handshake: { answer(response: JsonRpcResponse): void; fail(error: Error): void } | null = null;
  private lastId = INITIALIZE_ID;
  private lastUsed: Ms;
  private retired = false;
  private cancelRetire: (() => void) | null = null;

  constructor(options: RelayOptions) {
    this.options = options;
    this.lastUsed = options.services.clock.monotonic();
  }

  /** Makes and initializes the server end unless it is there. Rejects when it cannot be had. */
  async initialize(params: unknown, caller: Caller): Promise<InitializeResult> {
    return (await this.connect(params, caller)).result;
  }

  /**
   * Sends a client's request on. `replyTo` gets the response, whatever happens.
   * @param initializeParams - what to initialize the server end with when it has to be made
   */
  request(message: JsonRpcRequest, caller: Caller, initializeParams: unknown, replyTo: ReplyTo): void {
    this.lastId += 1;
    const id = this.lastId;
    const meta = isObject(message.params?._meta) ? message.params._meta : {};
    this.pending.set(id, { caller, clientId: message.id, progressToken: meta.progressToken, replyTo });
    this.touch();
    const inner = { ...withProgressToken(message, id), id };
    if (this.connected) {
      this.connected.end.send(inner, caller);
      return;
    }
    this.connect(initializeParams, caller).then(
      ({ end }) => {
        if (this.pending.has(id)) end.send(inner, caller);
      },
      (error) => {
        this.options.services.log.warn({ err: error }, 'a server end could not be made');
        this.settle(id, rpcError(null, RPC.internalError, 'The server behind this session could not be started.'));
      },
    );
  }

  /** Sends a client's notification on. A cancelled request is answered at once, so that its stream ends. */
  notify(message: JsonRpcNotification, caller: Caller): void {
    this.touch();
    if (message.method !== 'notifications/cancelled') {
      this.connected?.end.send(message, caller);
      return;
    }
    const id = this.idOf(caller, message.params?.requestId);
    if (id === null) return;
    this.connected?.end.send({ ...message, params: { ...message.params, requestId: id } }, caller);
    this.settle(id, rpcError(null, RPC.serverError, 'The request was cancelled.'), true);
  }

  /** Sends a client's response to a request of the server on; one that nobody asked for is dropped. */
  respond(message: JsonRpcResponse, caller: Caller): void {
    const id = typeof message.id === 'string' ? this.asked.get(message.id) : undefined;
    if (id === undefined) return;
    this.asked.delete(message.id as string);
    this.touch();
    this.connected?.end.send({ ...message, id }, caller);
  }

  /** Could be dropped and made again without anybody noticing: nothing runs, and its server end keeps no state. */
  isSpare(): boolean {
    if (this.pending.size > 0 || this.asked.size > 0 || this.connecting) return false;
    return this.connected === null || this.connected.end.idleAfter !== null;
  }

  /** Is spare, and has been unused for as long as its server end says. */
  isIdle(): boolean {
    const idleAfter = this.connected?.end.idleAfter ?? 0;
    return this.isSpare() && this.options.services.clock.monotonic() - this.lastUsed >= idleAfter;
  }

  /** Lets what runs end within 2 s, then closes. The call that ends or leaves its own session gets its answer this way. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    if (this.pending.size === 0) void this.close(ENDED);
    else this.cancelRetire = this.options.services.timers.after(RETIRE_LIMIT, () => void this.close(ENDED));
  }

  /** Answers what runs with an error and closes the server end. */
  async close(reason: string): Promise<void> {
    this.retired = true;
    this.cancelRetire?.();
    const connected = this.connected;
    this.connected = null;
    this.giveUp(reason);
    await connected?.end.close();
  }

  private connect(params: unknown, caller: Caller): Promise<Connected> {
    if (this.connected) return Promise.resolve(this.connected);
    this.connecting ??= this.make(params, caller).finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async make(params: unknown, caller: Caller): Promise<Connected> {
    const end = await this.options.connect(this.options.home);
    end.onmessage = (message, relatedTo) => this.fromServer(message, relatedTo);
    end.onclose = () => this.lost(end);
    try {
      const result = await this.initializeEnd(end, params, caller);
      if (this.retired) throw new Error('the session ended meanwhile');
      this.connected = { end, result };
      this.touch();
      return this.connected;
    } catch (error) {
      await end.close();
      throw error;
    }
  }

  private async initializeEnd(end: ServerEnd, params: unknown, caller: Caller): Promise<InitializeResult> {
    const answered = new Promise<JsonRpcResponse>((answer, fail) => {
      this.handshake = { answer, fail };
    });
    const cancelLimit = this.options.services.timers.after(CONNECT_LIMIT, () =>
      this.handshake?.fail(new Error('the server did not answer initialize in time')),
    );
    try {
      end.send({ jsonrpc: '2.0', id: INITIALIZE_ID, method: 'initialize', params: params as Params }, caller);
      const { error, result } = await answered;
      if (error) throw new Error(`the server refused initialize: ${error.message}`);
      end.send({ jsonrpc: '2.0', method: 'notifications/initialized' }, caller);
      return result as InitializeResult;
    } finally {
      cancelLimit();
      this.handshake = null;
    }
  }

  private fromServer(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isRequest(message)) this.deliver(this.asAsked(message), relatedTo);
    else if (!isNotification(message)) this.answerFromServer(message);
    else if (message.method === 'notifications/progress') this.progressFromServer(message);
    else if (message.method === 'notifications/cancelled') this.cancelFromServer(message, relatedTo);
    else this.deliver(message, relatedTo);
  }

  private answerFromServer(message: JsonRpcResponse): void {
    if (message.id === INITIALIZE_ID) this.handshake?.answer(message);
    else this.settle(message.id, message);
  }

  private progressFromServer(message: JsonRpcNotification): void {
    const pending = this.pending.get(Number(message.params?.progressToken));
    // Progress of a request that is over means nothing to the client any more.
    if (!pending) return;
    const { progressToken } = pending;
    pending.replyTo.related({ ...message, params: { ...message.params, progressToken } });
  }

  private cancelFromServer(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    const asked = [...this.asked].find(([, id]) => id === message.params?.requestId)?.[0];
    if (asked === undefined) return;
    this.asked.delete(asked);
    this.deliver({ ...message, params: { ...message.params, requestId: asked } }, relatedTo);
  }

  private deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    const pending = typeof relatedTo === 'number' ? this.pending.get(relatedTo) : undefined;
    if (pending) pending.replyTo.related(message);
    else this.options.push(message);
  }

  private asAsked(message: JsonRpcRequest): JsonRpcRequest {
    const id = `h_${randomText(this.options.services.random, 9)}`;
    this.asked.set(id, message.id);
    const [oldest] = this.asked.keys();
    if (this.asked.size > MAX_ASKED && oldest !== undefined) this.asked.delete(oldest);
    return { ...message, id };
  }

  private settle(id: RequestId | null, response: JsonRpcResponse, cancelled = false): void {
    const pending = this.pending.get(id as number);
    if (!pending) return;
    this.pending.delete(id as number);
    this.touch();
    pending.replyTo.reply({ ...response, id: pending.clientId }, cancelled);
    if (this.retired && this.pending.size === 0) void this.close(ENDED);
  }

  private idOf(caller: Caller, clientId: unknown): number | null {
    for (const [id, pending] of this.pending) {
      if (pending.clientId === clientId && pending.caller.transport_id === caller.transport_id) return id;
    }
    return null;
  }

  private lost(end: ServerEnd): void {
    this.handshake?.fail(new Error('the server stopped while it was initialized'));
    if (this.connected?.end !== end) return;
    this.connected = null;
    this.giveUp('The server behind this session stopped; the outcome of the call is unknown.');
  }

  private giveUp(reason: string): void {
    this.asked.clear();
    for (const id of [...this.pending.keys()]) this.settle(id, rpcError(null, RPC.serverError, reason));
  }

  private touch(): void {
    this.lastUsed = this.options.services.clock.monotonic();
  }
}

function withProgressToken(message: JsonRpcRequest, token: number): JsonRpcRequest {
  const meta = message.params?._meta;
  if (!isObject(meta) || meta.progressToken === undefined) return message;
  return { ...message, params: { ...message.params, _meta: { ...meta, progressToken: token } } };
}
