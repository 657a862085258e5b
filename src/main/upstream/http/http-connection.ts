import type { IncomingMessage } from 'node:http';
import { said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
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
  type JsonRpcResponse,
  type Params,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { textOf } from '../../mcp/message-text';
import { fairTurns } from '../fair-turns';
import { AuthorizedRequests } from '../login/authorized-requests';
import { withoutSecrets } from '../redaction';
import type { ConnectionEnd, ServerConnection, SessionPosition } from '../server-connection';
import type { HttpTarget } from '../upstream-ports';
import { type ConnectionContext, delayBefore, SessionGone } from './connection-context';
import { ConnectionTimers } from './connection-timers';
import { discover, STATELESS_VERSION } from './discovery';
import { Call, POST_HEADERS, readRefusal } from './http-call';
import type { HttpDeps, HttpResume } from './http-ports';
import { parsePosition, textOfPosition } from './position';
import { Reach } from './reach';
import { mayBeOfSession, type Refusal, refusalIn, type SessionVerdict } from './refusal';
import { SessionCheck } from './session-check';
import { Sessionless } from './sessionless';
import { StandaloneStream } from './standalone-stream';
import { standardHeaders } from './standard-headers';

const TELL_SILENCE: Ms = 30 * SECOND;
/** How long ending a session may take; after that it is left to the server. */
const DELETE_LIMIT: Ms = 3 * SECOND;
/** Position changes are reported together after this delay, since each report leads to a write to disk. */
const MOVED_WITHIN: Ms = 250;
const MAX_CALLS = 256;
/** Ids of gateways are signed and carry their routing, so they may be long; a header of 16 KiB is too long for most. */
const SESSION_ID = /^[\x21-\x7e]{1,8192}$/;
/** How long to wait for the server to take `notifications/initialized` before anything else is sent. */
const READY_LIMIT: Ms = 2 * SECOND;
/** How often `notifications/initialized` is said when the server does not take it. */
const MAX_SAID = 4;
const INITIALIZED = 'notifications/initialized';

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
  onheld: (call: RequestId, isHeld: boolean) => void = () => {};
  sessionId: string | null;
  /** Null until `initialize` is answered; sent with each request from then on. */
  protocolVersion: string | null;
  isClosed = false;
  private readonly deps: HttpDeps;
  private readonly target: HttpTarget;
  private readonly requests: AuthorizedRequests;
  private readonly check: SessionCheck;
  private readonly reach: Reach;
  private readonly pace = fairTurns.join();
  private readonly calls = new Map<RequestId, Call>();
  private readonly timers: ConnectionTimers;
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
    this.target = target;
    this.timers = new ConnectionTimers(deps.timers);
    this.check = new SessionCheck(this);
    this.isResumed = resume !== null;
    this.sessionId = resume?.sessionId ?? null;
    this.protocolVersion = resume?.protocolVersion ?? null;
    const { login, network, timers } = deps;
    this.requests = new AuthorizedRequests(new HttpRequests(target, timers, network), login, timers);
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

  wake(): void {
    if (this.isClosed) return;
    this.requests.renew(this.deps.waking?.left ?? 0);
    this.reach.wake();
    this.push?.reopen();
    this.sessionless?.wake();
    for (const call of [...this.calls.values()]) call.reopen();
  }

  get random() {
    return this.deps.random;
  }

  get isListening(): boolean {
    return this.push?.isOffered ?? false;
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

  async output(): Promise<[]> {
    return [];
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
      const sent = { method: 'DELETE', headers, signal: limit.signal, silence: DELETE_LIMIT } as const;
      const request: HttpRequest = { ...sent, mayWait: false };
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

  held(call: RequestId, isHeld: boolean): void {
    this.onheld(call, isHeld);
  }

  turn(): Promise<void> | null {
    return this.pace.mayGo ? null : this.pace.turn();
  }

  /** A server that was never initialized, or keeps no session, has none to lose. */
  async checkSession(refusal: Refusal): Promise<SessionVerdict> {
    const mayBe = this.sessionId !== null || refusal.text !== '';
    if (!mayBe || this.protocolVersion === null || this.sessionless) return { isGone: false, notTaken: false };
    const verdict = await this.check.about(refusal);
    const isUnready = !verdict.isGone && /initiali[sz]/i.test(refusal.text);
    if (isUnready) await this.tell({ jsonrpc: '2.0', method: INITIALIZED });
    return verdict;
  }

  withoutSecrets(text: string): string {
    return withoutSecrets(text, this.target, this.deps.login?.presentToken);
  }

  moved(): void {
    this.cancelMoved ??= this.after(MOVED_WITHIN, () => {
      this.cancelMoved = null;
      this.onstate();
    });
  }

  pause(delay: Ms, signal: AbortSignal): Promise<void> {
    return this.timers.pause(delay, signal);
  }

  after(delay: Ms, work: () => void): () => void {
    return this.timers.after(delay, work);
  }

  sessionGone(call: RequestId | null): void {
    const notTaken = call === null ? [] : [call];
    this.end({ sentence: new SessionGone(false).message, sessionGone: true, notTaken });
  }

  private sendNow(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    if (this.sessionless) this.sessionless.send(message);
    else if (isRequest(message)) this.request(message);
    else if (!this.withdraws(message)) {
      const told = this.tell(message);
      if (!isNotification(message)) return;
      if (message.method === INITIALIZED) this.ready = this.takenOrLate(told).then(() => this.openPush());
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
      const text = said('said.http.busy', { count: MAX_CALLS });
      queueMicrotask(() => this.onmessage(rpcError(request.id, RPC.serverError, text), request.id));
      return;
    }
    this.add(call);
    void call.run(request);
  }

  private takenOrLate(told: Promise<void>): Promise<void> {
    return Promise.race([told, this.pause(READY_LIMIT, this.abort.signal)]);
  }

  /**
   * Sends a message that gets no reply; it does no harm twice. That the server refuses it is its own affair, unless it
   * does so because it does not know the session. Other failures show in the next request.
   */
  private async tell(message: JsonRpcMessage): Promise<void> {
    const isInitialized = isNotification(message) && message.method === INITIALIZED;
    for (let said = 1; !this.isClosed; said += 1) {
      const isTaken = await this.tellOnce(message);
      // A server that was not told refuses whatever comes next.
      if (isTaken || !isInitialized || said === MAX_SAID) return;
      await this.pause(delayBefore(this.random, said), this.abort.signal);
    }
  }

  /** Returns whether the server got it. */
  private async tellOnce(message: JsonRpcMessage): Promise<boolean> {
    const body = textOf(message);
    const headers = { ...POST_HEADERS, ...standardHeaders(message) };
    const request = { method: 'POST', headers, body, silence: TELL_SILENCE, mayRepeat: true } as const;
    try {
      const answer = await this.ask(request, this.abort.signal, null);
      const status = answer.statusCode ?? 0;
      if (status >= 400) {
        const { refusal, body: said } = await readRefusal(answer, 'none');
        if (mayBeOfSession(refusal, said) && (await this.checkSession(refusal)).isGone) this.sessionGone(null);
      }
      // Reading the body to its end lets the next request reuse the connection.
      else if (status === 202 || status === 204) answer.resume();
      else answer.destroy();
      return status < 500;
    } catch (error) {
      if (error instanceof RequestFailed) return !error.taken || !error.passing;
      if (!this.isClosed) throw error;
      return true;
    }
  }

  private deliverResponse(message: JsonRpcResponse): void {
    const call = message.id === null ? undefined : this.calls.get(message.id);
    // Already answered, on another stream or before a restart.
    if (!call) return void this.check.take(message);
    const couldResume = call.eventId !== null;
    call.answered();
    if (message.id === this.initializeId) {
      if ('error' in message) {
        void this.fallBack(message);
        return;
      }
      this.takeVersion(message);
    } else if (message.error && mayBeOfSession(refusalIn(message))) {
      void this.refused(message, call.id);
      return;
    }
    this.onmessage(message, message.id);
    if (couldResume) this.moved();
  }

  /** The error may mean that the server does not know the session, which then ends the connection. */
  private async refused(message: JsonRpcResponse, id: RequestId): Promise<void> {
    const { isGone, notTaken } = await this.checkSession(refusalIn(message));
    if (isGone) this.sessionGone(notTaken ? id : null);
    else if (!this.isClosed) this.onmessage(message, id);
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

  /** Whether the message cancels a call that the server has not got, which was given up therefore. */
  private withdraws(message: JsonRpcMessage): boolean {
    const isCancel = isNotification(message) && message.method === 'notifications/cancelled';
    const id = isCancel ? message.params?.requestId : null;
    return isRequestId(id) && this.calls.get(id)?.withdraw() === true;
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
    this.timers.end();
  }
}
