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
  type RequestId,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import { type PendingRequest, PendingRequests } from '../../../mcp/pending-requests';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import { randomText } from '../../../platform/random-text';
import type { Services } from '../../../services';
import { LazyChannel } from './lazy-channel';
import { Questions } from './questions';

/** Calls that are still running when their session ends get this long. */
const RETIRE_LIMIT: Ms = 2 * SECOND;
/** Random bytes in the name of a run: 6 characters. */
const RUN_BYTES = 4;

const ENDED = 'The session has ended.';
/** What a client is told of a call that a restart of Holdfast cut off from its server. */
export const INTERRUPTED = 'The call was interrupted by a restart of Holdfast; its outcome is unknown.';

/** Where the messages of one request go. */
export interface ReplyTo {
  /** Told before anything else: the id under which the request goes to the server, its progress token as well. */
  sentAs(serverId: string): void;
  /** The response, under the client's own id. Called exactly once; `cancelled` when nobody waits for it any more. */
  reply(response: JsonRpcResponse, cancelled: boolean): void;
  /** A notification or request of the server that belongs to the request. */
  related(message: JsonRpcMessage): void;
  /** Holdfast stops while the request runs. Whether the next run can go on with it; otherwise it is answered now. */
  leave?(): boolean;
}

interface Call {
  readonly caller: Caller;
  readonly clientId: RequestId;
  readonly progressToken: unknown;
  readonly replyTo: ReplyTo;
  /** Progress that the client was told of before a restart. */
  readonly reached?: number;
}

interface PendingCall extends Call, PendingRequest {}

/** A call of before a restart of Holdfast, whose answer may still come. */
export interface RestoredCall extends Call {
  /** As the server knows it. */
  readonly open: OpenCall & { readonly id: string };
  readonly reached: number;
  /** Ids, as the client knows them, of what the server asked it within this call. */
  readonly questions: readonly string[];
}

export interface RelayOptions {
  readonly services: Services;
  /** Makes the server channel of the session. */
  readonly connect: () => Promise<ServerChannel>;
  /** Takes what the server sends by itself, related to no request. */
  readonly push: (message: JsonRpcMessage) => void;
}

/**
 * Carries messages between the transports of one session and its server channel. Request ids and progress tokens of clients
 * are replaced by its own, so that two transports may use the same; so are those of the server's requests, so that a channel
 * that was made anew never meets an answer to its predecessor. What else a message says is not interpreted.
 *
 * Its own ids are never used twice, not by another relay and not after a restart: a late answer finds its call or none.
 */
export class Relay {
  private readonly options: RelayOptions;
  private readonly channel: LazyChannel;
  /** By ids of its own. */
  private readonly pending: PendingRequests<PendingCall>;
  private readonly questions: Questions;
  private readonly run: string;
  private lastNumber = 0;
  private lastUsed: Ms;
  private retired = false;
  private cancelRetire: (() => void) | null = null;

  constructor(options: RelayOptions) {
    const { services, connect } = options;
    this.options = options;
    this.channel = new LazyChannel({
      timers: services.timers,
      connect,
      onmessage: (message, relatedTo) => this.fromServer(message, relatedTo),
      onlost: () => this.giveUp('The server behind this session stopped; the outcome of the call is unknown.'),
    });
    this.pending = new PendingRequests(services.timers);
    this.questions = new Questions(services.random);
    this.run = randomText(services.random, RUN_BYTES);
    this.lastUsed = services.clock.monotonic();
  }

  /** Makes and initializes the server channel unless it is there. Rejects when it cannot be had. */
  async initialize(params: unknown, caller: Caller): Promise<InitializeResult> {
    const result = await this.channel.initialize(params, caller);
    this.touch();
    return result;
  }

  /**
   * Takes up calls that ran when Holdfast was killed: their answers go where those of {@link request} go. Those that
   * nobody will answer any more get an error at once, without any server being started for it.
   * @returns a promise for the moment when the server knows which calls are waited for; it never rejects
   */
  async restore(calls: readonly RestoredCall[], initializeParams: unknown): Promise<void> {
    for (const call of calls) this.expect(call.open.id, call);
    const failed = (error: unknown) => {
      this.options.services.log.warn({ err: error }, 'calls of before the restart could not be taken up');
      for (const { open } of calls) this.pending.settle(rpcError(open.id, RPC.serverError, INTERRUPTED));
    };
    try {
      const channel = await this.channel.attach();
      const open = calls.filter(({ open: { id } }) => this.pending.get(id));
      for (const question of open.flatMap(({ questions }) => questions)) this.questions.restore(question);
      const lost = new Set((await channel.resume?.(open.map((call) => call.open))) ?? open.map((call) => call.open.id));
      for (const call of open.filter(({ open: { id } }) => lost.has(id))) {
        // The process that asked is gone: another one must not get the answers.
        for (const question of call.questions) this.questions.answered(question);
        this.pending.settle(rpcError(call.open.id, RPC.serverError, INTERRUPTED));
      }
      const kept = open.filter(({ open: { id } }) => !lost.has(id));
      const [first] = kept;
      if (first) this.initialize(initializeParams, first.caller).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /**
   * Sends a client's request on. `replyTo` gets the response, whatever happens.
   * @param initializeParams - what to initialize the server channel with when it has to be made
   */
  request(message: JsonRpcRequest, caller: Caller, initializeParams: unknown, replyTo: ReplyTo): void {
    this.lastNumber += 1;
    const id = `${this.run}-${this.lastNumber}`;
    const meta = isObject(message.params?._meta) ? message.params._meta : {};
    this.expect(id, { caller, clientId: message.id, progressToken: meta.progressToken, replyTo });
    this.touch();
    replyTo.sentAs(id);
    const inner = { ...withProgressToken(message, id), id };
    if (this.channel.ready) {
      this.channel.ready.send(inner, caller);
      return;
    }
    this.initialize(initializeParams, caller).then(
      () => {
        if (this.pending.get(id)) this.channel.ready?.send(inner, caller);
      },
      (error) => {
        this.options.services.log.warn({ err: error }, 'a server end could not be made');
        const { message } = error instanceof HoldfastError ? error : new HoldfastError('server_unavailable');
        this.pending.settle(rpcError(id, RPC.internalError, message));
      },
    );
  }

  /** Sends a client's notification on. A cancelled request is answered at once, so that its stream ends. */
  notify(message: JsonRpcNotification, caller: Caller): void {
    this.touch();
    if (message.method !== 'notifications/cancelled') {
      this.channel.ready?.send(message, caller);
      return;
    }
    const id = this.idOf(caller, message.params?.requestId);
    const call = this.pending.take(id);
    if (!call) return;
    this.channel.ready?.send({ ...message, params: { ...message.params, requestId: id } }, caller);
    this.reply(call, rpcError(id, RPC.serverError, 'The request was cancelled.'), true);
  }

  /** Sends a client's response to a request of the server on; one that nobody asked for is dropped. */
  respond(message: JsonRpcResponse, caller: Caller): void {
    const id = this.questions.answered(message.id);
    if (id === undefined) return;
    this.touch();
    this.channel.ready?.send({ ...message, id }, caller);
  }

  /** Could be dropped and made again without anybody noticing: nothing runs, and its server keeps no state. */
  isSpare(): boolean {
    return this.pending.size === 0 && this.questions.size === 0 && this.channel.idleAfter !== null;
  }

  /** Is spare, and has been unused for as long as its server channel says. */
  isIdle(): boolean {
    const idleAfter = this.channel.idleAfter ?? 0;
    return this.isSpare() && this.options.services.clock.monotonic() - this.lastUsed >= idleAfter;
  }

  /** Lets what runs end within 2 s, then closes. The call that ends or leaves its own session gets its answer this way. */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    this.channel.retire();
    if (this.pending.size === 0) void this.close(ENDED);
    else this.cancelRetire = this.options.services.timers.after(RETIRE_LIMIT, () => void this.close(ENDED));
  }

  /**
   * Holdfast stops. What the server goes on with is left to the next run, and until then answers are taken as ever;
   * everything else is answered with an error.
   */
  async leave(reason: string): Promise<void> {
    const canGoOn = this.channel.ready?.resume !== undefined;
    const left = new Set(
      canGoOn ? this.pending.all.filter(([, { replyTo }]) => replyTo.leave?.()).map(([id]) => id) : [],
    );
    if (left.size === 0) return this.close(reason);
    for (const [id] of this.pending.all) {
      if (!left.has(id)) this.pending.settle(rpcError(id, RPC.serverError, reason));
    }
  }

  /** Answers what runs with an error and closes the server channel. */
  async close(reason: string): Promise<void> {
    this.retired = true;
    this.cancelRetire?.();
    const closed = this.channel.close();
    this.giveUp(reason);
    await closed;
  }

  private fromServer(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isRequest(message)) {
      const asked = this.questions.ask(message);
      if (asked) this.deliver(asked, relatedTo);
    } else if (!isNotification(message)) this.pending.settle(message);
    else if (message.method === 'notifications/progress') this.progressFromServer(message);
    else if (message.method === 'notifications/cancelled') this.cancelFromServer(message, relatedTo);
    else this.deliver(message, relatedTo);
  }

  private progressFromServer(message: JsonRpcNotification): void {
    const call = this.pending.get(message.params?.progressToken);
    // Progress of a request that is over means nothing to the client any more.
    if (!call) return;
    const { progressToken, reached } = call;
    const progress = message.params?.progress;
    // What was told just before the restart may come again; progress only grows.
    if (reached !== undefined && typeof progress === 'number' && progress <= reached) return;
    call.replyTo.related({ ...message, params: { ...message.params, progressToken } });
  }

  private cancelFromServer(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    const asked = this.questions.takenBack(message.params?.requestId);
    if (asked === undefined) return;
    this.deliver({ ...message, params: { ...message.params, requestId: asked } }, relatedTo);
  }

  private deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    const call = this.pending.get(relatedTo);
    if (call) call.replyTo.related(message);
    else this.options.push(message);
  }

  private expect(id: string, call: Call): void {
    this.pending.add(id, {
      ...call,
      settle: (response) => this.reply(call, response),
      fail: ({ message }) => this.reply(call, rpcError(id, RPC.serverError, message)),
    });
  }

  private reply({ clientId, replyTo }: Call, response: JsonRpcResponse, cancelled = false): void {
    this.touch();
    replyTo.reply({ ...response, id: clientId }, cancelled);
    if (this.retired && this.pending.size === 0) void this.close(ENDED);
  }

  private idOf(caller: Caller, clientId: unknown): RequestId | null {
    const isMeant = (call: Call) => call.clientId === clientId && call.caller.transport_id === caller.transport_id;
    return this.pending.all.find(([, call]) => isMeant(call))?.[0] ?? null;
  }

  private giveUp(reason: string): void {
    this.questions.clear();
    this.pending.failAll(new Error(reason));
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
