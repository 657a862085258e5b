import { type Ms, SECOND } from '../../../shared/model/units';
import { EVENT_STREAM, messagesIn, readEvents, typeOf } from '../../http-client/answer-body';
import { knowsTasks, TASKS_EXTENSION } from '../../mcp/extensions';
import {
  isNotification,
  isObject,
  isRequest,
  isRequestId,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { textOf } from '../../mcp/message-text';
import { randomText } from '../../platform/random-text';
import type { ConnectionContext } from './connection-context';
import { META, STATELESS_VERSION } from './discovery';
import { Call, POST_HEADERS } from './http-call';
import { NOT_AT_ONCE, paceOf, retryAfter } from './pace';
import { ParamHeaders } from './param-headers';
import { standardHeaders } from './standard-headers';
import { TaskResults } from './task-results';

/** The revision claimed towards the client, the same as for servers that have sessions. */
const SESSIONFUL = '2025-11-25';
/** Ids of calls are higher. */
const LISTEN_ID = 2;
const MAX_ROUNDS = 16;
/** How long a server may take to answer a request for a task, whatever it sends meanwhile. */
const TASK_LIMIT: Ms = 30 * SECOND;
const CANCELLED = 'The request was cancelled.';
const EMPTY = {};

/**
 * Makes a server without sessions (MCP 2026-07-28) look as if it had one. What a session would remember is sent with
 * each request, questions in a result become requests to the client, and one stream listens for changes.
 */
export class Sessionless {
  private readonly context: ConnectionContext;
  private readonly discovered: Params;
  private readonly initializeParams: Params;
  /** What gives up the open requests. */
  private readonly calls = new Map<RequestId, (why?: string) => void>();
  private readonly questions = new Map<RequestId, (answer: JsonRpcResponse) => void>();
  private readonly params = new ParamHeaders();
  private readonly subscriptions = new Set<string>();
  private readonly results: TaskResults;
  private logLevel: unknown;
  private isListening = false;
  /** Streams and attempts in a row that brought no message. */
  private quiet = 0;
  private abortListen = new AbortController();

  /**
   * @param discovered - result of `server/discover`
   * @param initializeParams - parameters of the client's `initialize`
   */
  constructor(context: ConnectionContext, discovered: Params, initializeParams: Params) {
    this.context = context;
    this.discovered = discovered;
    this.initializeParams = initializeParams;
    this.results = new TaskResults({
      send: (request) => this.soon(request),
      ask: (id, asked) => this.ask(id, asked),
      pause: (delay, signal) => this.context.pause(delay, signal),
    });
  }

  /** The result that `initialize` would have had. */
  introduction(): Params {
    const { capabilities, instructions, _meta } = this.discovered;
    const serverInfo = isObject(_meta) ? _meta[`${META}serverInfo`] : undefined;
    return {
      protocolVersion: SESSIONFUL,
      capabilities: isObject(capabilities) ? capabilities : {},
      serverInfo: isObject(serverInfo) ? serverInfo : { name: 'unnamed', version: '' },
      ...(typeof instructions === 'string' ? { instructions } : {}),
    };
  }

  send(message: JsonRpcMessage): void {
    if (isRequest(message)) this.request(message);
    else if (isResponse(message)) {
      if (message.id !== null) this.questions.get(message.id)?.(message);
    } else if (message.method === 'notifications/initialized') this.listen();
    else if (message.method === 'notifications/cancelled' && isRequestId(message.params?.requestId)) {
      // A call is cancelled by closing its stream.
      this.results.cancel(message.params.requestId);
      this.calls.get(message.params.requestId)?.();
    }
  }

  /** Opens the stream that listens for changes again, on a new connection. */
  wake(): void {
    this.quiet = 0;
    if (this.isListening) this.listenAnew();
  }

  close(): void {
    this.abortListen.abort();
    this.results.close();
    for (const cancel of this.calls.values()) cancel();
  }

  private request(request: JsonRpcRequest): void {
    const { method, params } = request;
    if (method === 'logging/setLevel') this.logLevel = params?.level;
    else if (method === 'resources/subscribe') this.subscriptions.add(String(params?.uri));
    else if (method === 'resources/unsubscribe') this.subscriptions.delete(String(params?.uri));
    else if (method === 'tasks/result') {
      void this.results.answer(request).then((response) => this.answer(asOfSession('tools/call', response)));
      return;
    } else if (method !== 'ping') {
      void this.call(request);
      return;
    }
    if (method.startsWith('resources/')) this.listenAnew();
    queueMicrotask(() => this.answer({ jsonrpc: '2.0', id: request.id, result: EMPTY }));
  }

  private async call(request: JsonRpcRequest): Promise<void> {
    let given: Params = {};
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const response = await this.round(request, given);
      const result = isObject(response.result) ? response.result : {};
      if (request.method === 'tools/list') this.params.learn(response);
      if (result.resultType !== 'input_required') {
        this.answer(asOfSession(request.method, response));
        return;
      }
      const asked = isObject(result.inputRequests) ? result.inputRequests : {};
      // Without a question, the server only wants to be asked again.
      if (Object.keys(asked).length === 0) await this.pauseCall(request.id, round);
      const answers = await this.ask(request.id, asked);
      if ('error' in answers) {
        this.answer({ jsonrpc: '2.0', id: request.id, error: answers.error });
        return;
      }
      const { requestState } = result;
      given = { inputResponses: answers.responses, ...(requestState === undefined ? {} : { requestState }) };
    }
    this.answer(rpcError(request.id, RPC.serverError, 'The server asked again and again; the call was given up.'));
  }

  /** The same as {@link round}, in bounded time. */
  private soon(request: JsonRpcRequest): Promise<JsonRpcResponse> {
    const late = `The server did not answer ${request.method} within ${TASK_LIMIT / SECOND} seconds.`;
    const cancel = this.context.after(TASK_LIMIT, () => this.calls.get(request.id)?.(late));
    return this.round(request, {}).finally(cancel);
  }

  /** Sends a request once and resolves with the response. Never rejects. */
  private round(request: JsonRpcRequest, given: Params): Promise<JsonRpcResponse> {
    return new Promise((resolve) => {
      const { context } = this;
      const headers = this.params.of(request);
      const own: ConnectionContext = {
        random: context.random,
        get isClosed() {
          return context.isClosed;
        },
        isListening: false,
        ask: (sent, signal, id) => context.ask({ ...sent, headers: { ...sent.headers, ...headers } }, signal, id),
        deliver: (message, relatedTo) => {
          if (!isResponse(message)) context.deliver(message, relatedTo);
          else {
            call.answered();
            resolve(message);
          }
        },
        held: (id, isHeld) => context.held(id, isHeld),
        turn: () => context.turn(),
        moved: () => {},
        checkSession: async () => ({ isGone: false, notTaken: false }),
        withoutSecrets: (text) => context.withoutSecrets(text),
        pause: (delay, signal) => context.pause(delay, signal),
        after: (delay, work) => context.after(delay, work),
        sessionGone: () => {},
      };
      const call = new Call(own, request.id, null, () => this.calls.delete(request.id));
      this.calls.set(request.id, (why = CANCELLED) => {
        call.drop();
        call.answered();
        resolve(rpcError(request.id, RPC.serverError, why));
      });
      void call.run({ ...request, params: { ...request.params, ...given, _meta: this.meta(request.params) } });
    });
  }

  /** Sends the server's questions to the client, all at once. The first error in an answer is the overall result. */
  private async ask(
    id: RequestId,
    asked: Params,
  ): Promise<{ responses: Params } | { error: NonNullable<JsonRpcResponse['error']> }> {
    // If the call is cancelled while the client has not answered yet, stop waiting.
    const cancels: (() => void)[] = [];
    this.calls.set(id, () => {
      for (const cancel of cancels) cancel();
    });
    const answers = await Promise.all(
      Object.entries(asked).map(async ([key, question]) => {
        const { method, params } = isObject(question) ? question : {};
        const questionId = `q_${randomText(this.context.random, 9)}`;
        const answer = await new Promise<JsonRpcResponse>((resolve) => {
          this.questions.set(questionId, resolve);
          cancels.push(() => resolve(rpcError(id, RPC.serverError, CANCELLED)));
          const message = { jsonrpc: '2.0' as const, id: questionId, method: String(method) };
          this.context.deliver(isObject(params) ? { ...message, params } : message, id);
        });
        this.questions.delete(questionId);
        return [key, answer] as const;
      }),
    );
    this.calls.delete(id);
    const refused = answers.find(([, answer]) => answer.error)?.[1].error;
    return refused
      ? { error: refused }
      : { responses: Object.fromEntries(answers.map(([key, { result }]) => [key, result])) };
  }

  /** Waits before asking again, unless the call is cancelled meanwhile. */
  private async pauseCall(id: RequestId, round: number): Promise<void> {
    const abort = new AbortController();
    this.calls.set(id, () => abort.abort());
    await this.context.pause(paceOf(this.context.random, round, null), abort.signal);
    this.calls.delete(id);
  }

  private meta(params: Params | undefined): Params {
    const { capabilities, clientInfo } = this.initializeParams;
    return {
      ...(isObject(params?._meta) ? params._meta : {}),
      [`${META}protocolVersion`]: STATELESS_VERSION,
      [`${META}clientCapabilities`]: capabilitiesOf(capabilities, params?._meta),
      ...(isObject(clientInfo) ? { [`${META}clientInfo`]: clientInfo } : {}),
      ...(this.logLevel === undefined ? {} : { [`${META}logLevel`]: this.logLevel }),
    };
  }

  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    void this.keepListening();
  }

  private listenAnew(): void {
    this.abortListen.abort();
    this.abortListen = new AbortController();
  }

  /** Keeps a stream open on which the server reports changes, until the connection closes or the server offers none. */
  private async keepListening(): Promise<void> {
    while (!this.context.isClosed) {
      const { signal } = this.abortListen;
      const pace = { asked: null as Ms | null };
      try {
        if (!(await this.listenOnce(signal, pace))) return;
      } catch {
        // Calls wait for a server that cannot be reached, and report it.
      }
      if (signal.aborted) continue;
      await this.context.pause(paceOf(this.context.random, this.quiet, pace.asked), signal);
      if (!signal.aborted) this.quiet += 1;
    }
  }

  /** Resolves when the stream has ended, or with false when the server does not offer one. */
  private async listenOnce(signal: AbortSignal, pace: { asked: Ms | null }): Promise<boolean> {
    const notifications = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: [...this.subscriptions],
    };
    const params = { notifications, _meta: this.meta(undefined) };
    const request = { jsonrpc: '2.0' as const, id: LISTEN_ID, method: 'subscriptions/listen', params };
    const headers = { ...POST_HEADERS, ...standardHeaders(request) };
    const sent = { method: 'POST', headers, body: textOf(request), silence: 0, mayRepeat: true } as const;
    const answer = await this.context.ask(sent, signal, null);
    if (answer.statusCode !== 200 || typeOf(answer) !== EVENT_STREAM) {
      answer.destroy();
      pace.asked = retryAfter(answer);
      const status = answer.statusCode ?? 0;
      return status >= 500 || status === 409 || status === 429;
    }
    const cancel = this.context.after(NOT_AT_ONCE, () => {
      this.quiet = 0;
    });
    await readEvents(answer, {
      turn: () => this.context.turn(),
      onRetry: (delay) => {
        pace.asked = delay;
      },
      onEvent: ({ data }) => {
        for (const message of messagesIn(data)) {
          const isAck = isNotification(message) && message.method === 'notifications/subscriptions/acknowledged';
          if (!isNotification(message) || isAck) continue;
          this.quiet = 0;
          this.context.deliver(message, null);
        }
      },
    }).finally(cancel);
    return true;
  }

  private answer(response: JsonRpcResponse): void {
    this.context.deliver(response, response.id);
  }
}

/**
 * What the client of a session can do, as each request says it. It knows tasks as an extension only if the request itself says so:
 * a session has them in another form, and what is in a result then would mean nothing to it.
 */
function capabilitiesOf(capabilities: unknown, meta: unknown): Params {
  const { extensions, ...others } = isObject(capabilities) ? capabilities : {};
  const { [TASKS_EXTENSION]: _, ...known } = isObject(extensions) ? extensions : {};
  const isMarked = isObject(meta) && knowsTasks(meta[`${META}clientCapabilities`]);
  const all = isMarked ? { ...known, [TASKS_EXTENSION]: {} } : known;
  return Object.keys(all).length === 0 ? others : { ...others, extensions: all };
}

/** Removes the result fields that only the revision without sessions defines; but not those of a task. */
function asOfSession(method: string, response: JsonRpcResponse): JsonRpcResponse {
  if (!isObject(response.result) || response.result.resultType === 'task') return response;
  if (method.startsWith('tasks/')) {
    const { resultType: _, ...result } = response.result;
    return { ...response, result };
  }
  const { resultType: _, ttlMs: __, cacheScope: ___, ...result } = response.result;
  return { ...response, result };
}
