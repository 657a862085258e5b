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
import { withMember } from '../../../mcp/message-text';
import { type PendingRequest, PendingRequests } from '../../../mcp/pending-requests';
import type { Caller, InitializeResult, OpenCall, ServerChannel } from '../../../mcp/server-channel';
import { NOBODY_ANSWERED, QUESTION_LIFE, unanswered } from '../../../mcp/unanswered';
import type { Services } from '../../../services';
import { LazyChannel } from './lazy-channel';
import { Questions } from './questions';

/** How long calls that are still running when their session ends may take to finish. */
const RETIRE_LIMIT: Ms = 2 * SECOND;

const MIND_QUESTIONS: Ms = 30 * SECOND;

const ENDED = 'The session has ended.';
/** The error for a call that a restart of Holdfast cut off from its server. */
export const INTERRUPTED = 'The call was interrupted by a restart of Holdfast; its outcome is unknown.';

/** Receives the messages that belong to one request. */
export interface ReplyTo {
  /** Called first, with the id that the request has at the server. Its progress token, if it has one, is the same. */
  sentAs(serverId: RequestId): void;
  /** Called once the call is made again, by the id of {@link sentAs}, with the one that the server knows it by from then on. */
  sentAgain?(serverId: RequestId, againId: RequestId): void;
  /** Called exactly once, with the response under the client's own id. `cancelled` if the client gave the call up. */
  reply(response: JsonRpcResponse, cancelled: boolean): void;
  /** Called with each notification or request from the server that belongs to the request. */
  related(message: JsonRpcMessage): void;
  /** Called when Holdfast stops during the request. False if the next run cannot resume it: it is then answered now. */
  leave?(): boolean;
  /** Called before {@link reply} when the client itself gives the call up, with the reason that it says. */
  givenUp?(reason: unknown): void;
  /** Whether the client has got an answer already, and the call goes on without it. */
  isLeft?(): boolean;
  /** Called when the client's request was answered with the server's questions: until {@link continued}, nobody waits. */
  paused?(): void;
  /** Called when another request of the client goes on with the call; it came at this monotonic time. */
  continued?(arrived: Ms): void;
  /** Gives the call up at its server, by whatever id that knows it now. Its client gets an error with this reason. */
  giveUp?(reason: string): void;
  /** Whether progress is wanted even if the client did not ask for it. {@link related} then gets it without a token. */
  readonly wantsProgress?: boolean;
  /** The call that this request works for, if its server knows that by another id: it was made again, or became a task. */
  readonly ofCall?: RequestId;
}

interface Call {
  readonly caller: Caller;
  readonly clientId: RequestId;
  readonly progressToken: unknown;
  readonly replyTo: ReplyTo;
  /** The progress that the client received before a restart. */
  readonly reached?: number;
}

interface PendingCall extends Call, PendingRequest {}

/** A call made before a restart of Holdfast, whose answer may still come. */
export interface RestoredCall extends Call {
  /** The call as the server knows it. */
  readonly open: OpenCall;
  readonly reached: number;
  /** The server's questions within this call, by the ids that the client knows. */
  readonly questions: readonly string[];
}

export interface RelayOptions {
  readonly services: Services;
  /** Opens the session's server channel. */
  readonly connect: () => Promise<ServerChannel>;
  /**
   * Called with each message that the server sends on its own, or within a call for which no client waits any more. `ofCall` is
   * that call, as {@link ReplyTo.sentAs} first told of it; null if the message is related to no request.
   */
  readonly push: (message: JsonRpcMessage, ofCall: RequestId | null) => void;
  /** Whether the client was asked a question with this id on a standalone stream, also before a restart. */
  readonly wasAsked: (id: string) => boolean;
}

/**
 * Carries messages between the transports of one session and its server channel. It replaces the clients' request ids
 * and progress tokens with its own, so two transports may use the same ones. It also replaces the ids of the server's
 * requests, so a new channel never gets an answer meant for its predecessor. The rest of a message is left as it is.
 *
 * Its own ids are never reused, not by another relay and not after a restart: a late answer finds its own call or none.
 */
export class Relay {
  private readonly options: RelayOptions;
  private readonly channel: LazyChannel;
  /** By the relay's own ids. */
  private readonly pending: PendingRequests<PendingCall>;
  private readonly questions: Questions;
  private lastUsed: Ms;
  /** What {@link restore} is doing; null before. */
  private resuming: Promise<void> | null = null;
  private lastCaller: Caller | null = null;
  private retired = false;
  private cancelRetire: (() => void) | null = null;
  private cancelMinding: (() => void) | null = null;

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
    this.questions = new Questions(services.random, services.clock, (call, waiting) =>
      services.longCalls.asks(Number(call), waiting),
    );
    this.lastUsed = services.clock.monotonic();
  }

  /** Opens and initializes the server channel unless that is done. Rejects when the server is unavailable. */
  async initialize(params: unknown, caller: Caller): Promise<InitializeResult> {
    this.lastCaller = caller;
    const result = await this.channel.initialize(params, caller);
    this.touch();
    return result;
  }

  /**
   * Resumes calls that were running when Holdfast stopped. They are answered like those of {@link request}. Calls that
   * will never be answered get an error at once; no server is started for them.
   * @returns a promise that resolves when the server knows which answers are awaited; it never rejects
   */
  async restore(calls: readonly RestoredCall[], initializeParams: unknown): Promise<void> {
    for (const call of calls) this.expect(call.open.id, call);
    const failed = (error: unknown) => {
      this.options.services.log.warn({ err: error }, 'calls made before the restart could not be resumed');
      for (const { open } of calls) this.pending.settle(rpcError(open.id, RPC.serverError, INTERRUPTED));
    };
    this.resuming = this.resume(calls, initializeParams, failed).catch(failed);
    await this.resuming;
  }

  private async resume(
    calls: readonly RestoredCall[],
    initializeParams: unknown,
    failed: (error: unknown) => void,
  ): Promise<void> {
    const channel = await this.channel.attach();
    // What its client has given up meanwhile, too: its server is told once it knows of the call.
    for (const { questions, open } of calls) {
      if (!this.pending.get(open.id)) continue;
      for (const question of questions) this.questions.restore(question, open.id);
    }
    this.minding();
    const lost = new Set((await channel.resume?.(calls.map((call) => call.open))) ?? calls.map((call) => call.open.id));
    for (const call of calls.filter(({ open: { id } }) => lost.has(id))) {
      // The process that asked is gone, and its successor must not get the answers.
      for (const question of call.questions) this.questions.answered(question);
      this.pending.settle(rpcError(call.open.id, RPC.serverError, INTERRUPTED));
    }
    const kept = calls.filter(({ open: { id } }) => !lost.has(id));
    const [first] = kept;
    if (first) this.initialize(initializeParams, first.caller).catch(failed);
  }

  /** Sends what must not be lost while the channel is initialized again after a restart of Holdfast. */
  private send(message: JsonRpcMessage, caller: Caller): void {
    if (this.channel.ready) this.channel.ready.send(message, caller);
    else
      void (this.resuming ?? Promise.resolve())
        .then(() => this.channel.soon())
        .then((channel) => channel?.send(message, caller));
  }

  /**
   * Forwards a client's request. `replyTo` always gets a response.
   * @param initializeParams - what to initialize the server channel with, if that is needed
   */
  request(message: JsonRpcRequest, caller: Caller, initializeParams: unknown, replyTo: ReplyTo): void {
    const id = this.options.services.callIds.next();
    const meta = isObject(message.params?._meta) ? message.params._meta : {};
    this.lastCaller = caller;
    this.expect(id, { caller, clientId: message.id, progressToken: meta.progressToken, replyTo });
    this.touch();
    replyTo.sentAs(id);
    const inner = withMember(withProgressToken(message, id, replyTo.wantsProgress ?? false), 'id', id);
    if (this.channel.ready) {
      this.channel.ready.send(inner, caller);
      return;
    }
    this.initialize(initializeParams, caller).then(
      () => {
        if (this.pending.get(id)) this.channel.ready?.send(inner, caller);
      },
      (error) => {
        this.options.services.log.warn({ err: error }, 'a server channel could not be opened');
        const { message } = error instanceof HoldfastError ? error : new HoldfastError('server_unavailable');
        this.pending.settle(rpcError(id, RPC.internalError, message));
      },
    );
  }

  /** Forwards a client's notification. A cancelled request is answered at once, so its stream ends. */
  notify(message: JsonRpcNotification, caller: Caller): void {
    this.touch();
    if (message.method !== 'notifications/cancelled') {
      this.channel.ready?.send(message, caller);
      return;
    }
    const id = this.idOf(caller, message.params?.requestId);
    const call = this.pending.take(id);
    if (!call) return;
    call.replyTo.givenUp?.(message.params?.reason);
    this.send({ ...message, params: { ...message.params, requestId: id } }, caller);
    this.reply(call, rpcError(id, RPC.serverError, 'The request was cancelled.'), true);
  }

  /** Gives a call up without its client, by the id that the server knows. Its client gets an error with this reason. */
  cancel(id: RequestId, reason: string): void {
    const call = this.pending.take(id);
    if (!call) return;
    this.touch();
    this.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: id, reason } }, call.caller);
    this.reply(call, rpcError(id, RPC.serverError, reason), true);
  }

  /** Tells the client something that no server said and that belongs to no request. */
  tell(message: JsonRpcNotification): void {
    this.options.push(message, null);
  }

  /** Forwards a client's response to a request from the server. It is dropped if there is no such request. */
  respond(message: JsonRpcResponse, caller: Caller): void {
    const { questions, options } = this;
    const id = questions.answered(message.id) ?? questions.answeredLate(message.id, options.wasAsked);
    if (id === undefined) return;
    this.touch();
    this.send(withMember(message, 'id', id), caller);
  }

  /** Whether the relay could be closed and made again unnoticed: nothing is running, and the server keeps no state. */
  isSpare(): boolean {
    return this.pending.size === 0 && this.questions.size === 0 && this.channel.idleAfter !== null;
  }

  /** Whether the relay is spare and has been unused for as long as its server channel demands. */
  isIdle(): boolean {
    const idleAfter = this.channel.idleAfter ?? 0;
    return this.isSpare() && this.options.services.clock.monotonic() - this.lastUsed >= idleAfter;
  }

  /**
   * Closes once running calls have finished, or after 2 seconds. A call that ends or leaves its own session thus still
   * gets its answer.
   */
  retire(): void {
    if (this.retired) return;
    this.retired = true;
    this.channel.retire();
    if (this.pending.size === 0) void this.close(ENDED);
    else this.cancelRetire = this.options.services.timers.after(RETIRE_LIMIT, () => void this.close(ENDED));
  }

  /**
   * Another client has the session now. What the server asked is answered for the client that was asked, and its running
   * calls with this sentence; nothing is cancelled at the server, but whatever it answers finds nobody.
   */
  takenOver(sentence: string): void {
    const [first] = this.pending.all;
    const asked = this.questions.takeAll();
    for (const { shown } of asked) {
      const params = { requestId: shown, reason: sentence };
      first?.[1].replyTo.related({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    }
    const answer = (channel: ServerChannel | null) => {
      const { lastCaller } = this;
      if (lastCaller) for (const { own, method } of asked) channel?.send(unanswered(own, method, sentence), lastCaller);
    };
    this.giveUp(sentence);
    if (this.channel.ready || asked.length === 0) {
      answer(this.channel.ready);
      void this.close(sentence);
    } else {
      // After a restart the channel may not be initialized again yet.
      void this.channel
        .soon()
        .then(answer)
        .finally(() => this.close(sentence));
    }
  }

  /**
   * Called when Holdfast stops. Calls that the server keeps working on are left to the next run, and answers that
   * arrive before the process exits are still taken. All other calls are answered with an error.
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

  /** Answers running calls with an error and closes the server channel. */
  async close(reason: string): Promise<void> {
    this.retired = true;
    this.cancelRetire?.();
    this.stopMinding();
    const closed = this.channel.close();
    this.giveUp(reason);
    await closed;
  }

  private fromServer(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (isRequest(message)) {
      const asked = this.questions.ask(message, relatedTo, this.callOf(relatedTo));
      if (!asked) return;
      this.minding();
      this.deliver(asked, relatedTo);
    } else if (!isNotification(message)) this.pending.settle(message);
    else if (message.method === 'notifications/progress') this.progressFromServer(message);
    else if (message.method === 'notifications/cancelled') this.cancelFromServer(message, relatedTo);
    else this.deliver(message, relatedTo);
  }

  private progressFromServer(message: JsonRpcNotification): void {
    const call = this.pending.get(message.params?.progressToken);
    // The request is over, so its progress means nothing to the client.
    if (!call) return;
    const { progressToken, reached } = call;
    const progress = message.params?.progress;
    // Progress sent just before the restart may be repeated, but the client must only ever see it grow.
    if (reached !== undefined && typeof progress === 'number' && progress <= reached) return;
    call.replyTo.related({ ...message, params: { ...message.params, progressToken } });
  }

  private cancelFromServer(message: JsonRpcNotification, relatedTo: RequestId | null): void {
    const asked = this.questions.takenBack(message.params?.requestId);
    if (asked === undefined) return;
    this.deliver({ ...message, params: { ...message.params, requestId: asked } }, relatedTo);
  }

  /**
   * Looks after open questions until there are none. One within a call for which a client waits ends with that call at the
   * latest; any other might keep its server waiting for good.
   */
  private minding(): void {
    if (this.questions.size === 0) return;
    this.cancelMinding ??= this.options.services.timers.every(MIND_QUESTIONS, () => this.endOldQuestions());
  }

  private endOldQuestions(): void {
    const before = this.options.services.clock.monotonic() - QUESTION_LIFE;
    const old = this.questions.takeOlder(before, (id) => this.isAwaited(id));
    for (const { own, shown } of old) {
      const params = { requestId: shown, reason: NOBODY_ANSWERED };
      this.options.push({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, null);
      if (this.lastCaller) this.channel.ready?.send(rpcError(own, RPC.serverError, NOBODY_ANSWERED), this.lastCaller);
    }
    if (this.questions.size === 0) this.stopMinding();
  }

  /** Whether a client waits for this call; or for any, if it is not known which. */
  private isAwaited(id: RequestId | null): boolean {
    const isOpen = (call: PendingCall | undefined) => call !== undefined && call.replyTo.isLeft?.() !== true;
    return id === null ? this.pending.all.some(([, call]) => isOpen(call)) : isOpen(this.pending.get(id));
  }

  private stopMinding(): void {
    this.cancelMinding?.();
    this.cancelMinding = null;
  }

  private deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    const call = this.pending.get(relatedTo);
    if (call && !call.replyTo.isLeft?.()) call.replyTo.related(message);
    else this.options.push(message, this.callOf(relatedTo));
  }

  /** The call that a request with this id works for. */
  private callOf(id: RequestId | null): RequestId | null {
    return this.pending.get(id)?.replyTo.ofCall ?? id;
  }

  private expect(id: RequestId, call: Call): void {
    this.pending.add(id, {
      ...call,
      settle: (response) => this.reply(call, response),
      fail: ({ message }) => this.reply(call, rpcError(id, RPC.serverError, message)),
    });
  }

  private reply({ clientId, replyTo }: Call, response: JsonRpcResponse, cancelled = false): void {
    this.touch();
    replyTo.reply(withMember(response, 'id', clientId), cancelled);
    if (this.retired && this.pending.size === 0) void this.close(ENDED);
  }

  private idOf(caller: Caller, clientId: unknown): RequestId | null {
    // The id of a call that was answered may be in use again.
    const isMeant = (call: Call) =>
      call.clientId === clientId && call.caller.transport_id === caller.transport_id && !call.replyTo.isLeft?.();
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

function withProgressToken(message: JsonRpcRequest, token: RequestId, always: boolean): JsonRpcRequest {
  const said = message.params?._meta;
  const meta = isObject(said) ? said : {};
  if (meta.progressToken === undefined && !(always && (said === undefined || isObject(said)))) return message;
  return { ...message, params: { ...message.params, _meta: { ...meta, progressToken: token } } };
}
