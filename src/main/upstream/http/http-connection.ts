import type { IncomingMessage } from 'node:http';
import { type Ms, SECOND } from '../../../shared/model/units';
import { isJson, readText } from '../../http-client/answer-body';
import { RequestFailed } from '../../http-client/failures';
import { type HttpRequest, HttpRequests } from '../../http-client/requests';
import {
  isNotification,
  isObject,
  isRequest,
  isRequestId,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { textOf } from '../../mcp/message-text';
import { fairTurns } from '../fair-turns';
import type { ConnectionEnd, ServerConnection, SessionPosition } from '../server-connection';
import type { HttpTarget } from '../upstream-ports';
import { type ConnectionContext, SessionGone } from './connection-context';
import { discover, STATELESS_VERSION } from './discovery';
import { Call, isSessionRefusal, POST_HEADERS } from './http-call';
import type { HttpDeps, HttpResume } from './http-ports';
import { parsePosition, textOfPosition } from './position';
import { Reach } from './reach';
import { Sessionless } from './sessionless';
import { StandaloneStream } from './standalone-stream';
import { standardHeaders } from './standard-headers';

const TELL_SILENCE: Ms = 30 * SECOND;
/** How long ending a session may take; after that it is left to the server. */
const DELETE_LIMIT: Ms = 3 * SECOND;
/** Position changes are reported together after this delay, since each report leads to a write to disk. */
const MOVED_WITHIN: Ms = 250;
const MAX_CALLS = 256;
const MAX_REFUSAL = 64 * 1024;
/** Ids of gateways are signed and carry their routing, so they may be long; a header of 16 KiB is too long for most. */
const SESSION_ID = /^[\x21-\x7e]{1,8192}$/;

/**
 * A connection to a server over Streamable HTTP (MCP 2025-03-26 to 2025-11-25, transports). Nothing is sent until the
 * first message, `initialize`, or until `listen`, which resumes the standalone stream and the streams of open calls.
 *
 * A request that fails on its own is answered with a JSON-RPC error. The connection ends when the server cannot be
 * reached for 5 s or no longer knows the session (`sessionGone`). A server that was never reached gets no such 5 s.
 *
 * A server that refuses `initialize` may speak the revision without sessions; {@link Sessionless} then takes over.
 */
export class HttpConnection implements ServerConnection, ConnectionContext {
  readonly child = null;
  /** Whether it continues an existing session, which needs no `initialize`. */
  readonly isResumed: boolean;
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void = () => {};
  onclose: (why: ConnectionEnd) => void = () => {};
  onstate: () => void = () => {};
  sessionId: string | null;
  /** Null until `initialize` is answered; sent with each request from then on. */
  protocolVersion: string | null;
  isClosed = false;
  private readonly deps: HttpDeps;
  private readonly requests: HttpRequests;
  private readonly reach: Reach;
  private readonly pace = fairTurns.join();
  private readonly calls = new Map<RequestId, Call>();
  private readonly cancels = new Set<() => void>();
  private readonly abort = new AbortController();
  private push: StandaloneStream | null = null;
  private initializeId: RequestId | null = null;
  private initializeParams: Params = {};
  /** Set once the server turns out not to support sessions. */
  private sessionless: Sessionless | null = null;
  /** Settles once the server took `notifications/initialized`, or sending failed. Nothing may overtake that message. */
  private ready: Promise<void> | null = null;
  private cancelMoved: (() => void) | null = null;

  /** @throws RequestFailed when the address is not an http or https URL */
  constructor(target: HttpTarget, resume: HttpResume | null, deps: HttpDeps) {
    this.deps = deps;
    this.isResumed = resume !== null;
    this.sessionId = resume?.sessionId ?? null;
    this.protocolVersion = resume?.protocolVersion ?? null;
    this.requests = new HttpRequests(target, deps.timers);
    this.reach = new Reach(this.requests, deps, this.isResumed, (sentence, notTaken) =>
      this.end({ sentence, notTaken }),
    );
    if (!resume) return;
    const position = parsePosition(resume.position);
    this.push = new StandaloneStream(this, position.push);
    for (const [id, eventId] of position.calls) this.add(new Call(this, id, eventId, () => this.calls.delete(id)));
  }

  listen(): void {
    void this.push?.run();
    for (const call of [...this.calls.values()]) void call.run(null);
  }

  get random() {
    return this.deps.random;
  }

  get hasSession(): boolean {
    return this.sessionId !== null;
  }

  get session(): SessionPosition {
    const calls: (readonly [RequestId, string])[] = [];
    for (const { id, eventId } of this.calls.values()) if (eventId !== null) calls.push([id, eventId]);
    return { sessionId: this.sessionId, position: textOfPosition({ push: this.push?.eventId ?? null, calls }) };
  }

  /** Whether a call made before a restart is being resumed; it is answered in bounded time, if only by an error. */
  mayAnswer(id: RequestId): boolean {
    return this.calls.has(id);
  }

  async stderr(): Promise<string[]> {
    return [];
  }

  send(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    if (this.ready) void this.ready.then(() => this.sendNow(message));
    else this.sendNow(message);
  }

  async close(): Promise<void> {
    const { requests, sessionId } = this;
    const wasClosed = this.isClosed;
    this.letGo();
    if (sessionId !== null && !wasClosed) {
      const limit = new AbortController();
      const cancelLimit = this.deps.timers.after(DELETE_LIMIT, () => limit.abort());
      const headers = this.sessionHeaders();
      const request: HttpRequest = { method: 'DELETE', headers, signal: limit.signal, silence: DELETE_LIMIT };
      // If this fails, the server will end the session by itself sooner or later.
      await requests.send(request).then(
        (answer) => answer.destroy(),
        () => {},
      );
      cancelLimit();
    }
    requests.close();
  }

  release(): void {
    this.letGo();
    this.requests.close();
  }

  ask(request: Omit<HttpRequest, 'signal'>, signal: AbortSignal, call: RequestId | null): Promise<IncomingMessage> {
    const headers = { ...request.headers, ...this.sessionHeaders() };
    return this.reach.send({ ...request, headers, signal }, call, (delay) => this.pause(delay, signal));
  }

  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    if (this.isClosed) return;
    const isAwaited = isResponse(message) && message.id !== null && this.calls.has(message.id);
    if (!isAwaited) this.pace.spend(1);
    if (isResponse(message) && !this.sessionless) this.deliverResponse(message);
    else this.onmessage(message, relatedTo);
  }

  turn(): Promise<void> | null {
    return this.pace.mayGo ? null : this.pace.turn();
  }

  moved(): void {
    this.cancelMoved ??= this.after(MOVED_WITHIN, () => {
      this.cancelMoved = null;
      this.onstate();
    });
  }

  pause(delay: Ms, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const over = () => {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const cancel = this.after(delay, over);
      signal.addEventListener('abort', over);
    });
  }

  after(delay: Ms, work: () => void): () => void {
    const cancel = () => {
      this.cancels.delete(cancel);
      cancelTimer();
    };
    const cancelTimer = this.deps.timers.after(delay, () => {
      this.cancels.delete(cancel);
      work();
    });
    this.cancels.add(cancel);
    return cancel;
  }

  sessionGone(call: RequestId | null): void {
    const notTaken = call === null ? [] : [call];
    this.end({ sentence: new SessionGone(false).message, sessionGone: true, notTaken });
  }

  private sendNow(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    if (this.sessionless) this.sessionless.send(message);
    else if (isRequest(message)) this.request(message);
    else {
      const told = this.tell(message);
      if (!isNotification(message)) return;
      if (message.method === 'notifications/initialized') this.ready = told.then(() => this.openPush());
      else if (message.method === 'notifications/cancelled') this.cancelled(message.params?.requestId);
    }
  }

  private request(request: JsonRpcRequest): void {
    const isInitialize = request.method === 'initialize';
    if (isInitialize) {
      this.sessionId = null;
      this.protocolVersion = null;
      this.initializeId = request.id;
      this.initializeParams = request.params ?? {};
    }
    const onHead = isInitialize ? (answer: IncomingMessage) => this.takeSessionId(answer) : undefined;
    const call = new Call(this, request.id, null, () => this.calls.delete(request.id), onHead);
    if (this.calls.size >= MAX_CALLS) {
      const text = `The server has ${MAX_CALLS} calls to answer already. Try again when some of them are done.`;
      queueMicrotask(() => this.onmessage(rpcError(request.id, RPC.serverError, text), request.id));
      return;
    }
    this.add(call);
    void call.run(request);
  }

  /** Sends a message that gets no reply. Failures are ignored: they show in the next request. */
  private async tell(message: JsonRpcMessage): Promise<void> {
    const body = textOf(message);
    const headers = { ...POST_HEADERS, ...standardHeaders(message) };
    const request = { method: 'POST', headers, body, silence: TELL_SILENCE } as const;
    try {
      const answer = await this.ask(request, this.abort.signal, null);
      const status = answer.statusCode ?? 0;
      if (this.hasSession && (status === 404 || status === 400)) {
        const text = isJson(answer) ? await readText(answer, MAX_REFUSAL).catch(() => '') : '';
        if (isSessionRefusal(status, text)) this.sessionGone(null);
      }
      // Reading the body to its end lets the next request reuse the connection.
      if (status === 202 || status === 204) answer.resume();
      else answer.destroy();
    } catch (error) {
      if (!(error instanceof RequestFailed) && !this.isClosed) throw error;
    }
  }

  private deliverResponse(message: JsonRpcMessage & { id: RequestId | null }): void {
    const call = message.id === null ? undefined : this.calls.get(message.id);
    // Already answered, on another stream or before a restart.
    if (!call) return;
    const couldResume = call.eventId !== null;
    call.answered();
    if (message.id === this.initializeId) {
      if ('error' in message) {
        void this.fallBack(message);
        return;
      }
      this.takeVersion(message);
    }
    this.onmessage(message, message.id);
    if (couldResume) this.moved();
  }

  /** The server refused `initialize`: it may not support sessions. Unless discovery says so, the refusal stands. */
  private async fallBack(refusal: JsonRpcMessage): Promise<void> {
    const post = (body: string, headers: Record<string, string>) =>
      this.ask(
        { method: 'POST', body, headers: { ...headers, ...POST_HEADERS }, silence: TELL_SILENCE },
        this.abort.signal,
        null,
      );
    const discovered = await discover(post).catch(() => null);
    if (this.isClosed) return;
    if (discovered) {
      this.sessionless = new Sessionless(this, discovered, this.initializeParams);
      this.protocolVersion = STATELESS_VERSION;
    }
    const result = this.sessionless?.introduction();
    const id = this.initializeId;
    this.onmessage(result && id !== null ? { jsonrpc: '2.0', id, result } : refusal, id);
  }

  private takeSessionId(answer: IncomingMessage): void {
    const id = answer.headers['mcp-session-id'];
    if (typeof id === 'string' && SESSION_ID.test(id)) this.sessionId = id;
  }

  private takeVersion(message: JsonRpcMessage): void {
    const result = 'result' in message ? message.result : undefined;
    if (!isObject(result) || typeof result.protocolVersion !== 'string') return;
    this.protocolVersion = result.protocolVersion;
    this.onstate();
  }

  private openPush(): void {
    if (this.push || this.isClosed) return;
    this.push = new StandaloneStream(this, null);
    void this.push.run();
  }

  private cancelled(id: unknown): void {
    if (isRequestId(id)) this.calls.get(id)?.cancelled();
  }

  private add(call: Call): void {
    this.calls.set(call.id, call);
  }

  private sessionHeaders(): Record<string, string> {
    return {
      ...(this.sessionId === null ? {} : { 'mcp-session-id': this.sessionId }),
      ...(this.protocolVersion === null ? {} : { 'mcp-protocol-version': this.protocolVersion }),
    };
  }

  private end(why: Partial<ConnectionEnd> & { readonly sentence: string }): void {
    if (this.isClosed) return;
    this.release();
    this.onclose({ code: null, signal: null, keeperLost: false, ...why });
  }

  private letGo(): void {
    this.isClosed = true;
    this.reach.close();
    this.abort.abort();
    this.push?.drop();
    this.sessionless?.close();
    for (const call of this.calls.values()) call.drop();
    for (const cancel of [...this.cancels]) cancel();
  }
}
