import type { IncomingMessage } from 'node:http';
import { said } from '../../../shared/messages/said';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { EVENT_STREAM, isJson, messagesIn, readEvents, readText, typeOf } from '../../http-client/answer-body';
import { RequestFailed } from '../../http-client/failures';
import { HttpRequests } from '../../http-client/requests';
import {
  asServerMessage,
  isNotification,
  isRequest,
  isRequestId,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { textOf } from '../../mcp/message-text';
import { fairTurns } from '../fair-turns';
import { SessionGone } from '../http/connection-context';
import { ConnectionTimers } from '../http/connection-timers';
import { HARMLESS, outcomeOf, POST_HEADERS, quoting, readRefusal } from '../http/http-call';
import type { HttpDeps } from '../http/http-ports';
import { mayBeOfSession } from '../http/refusal';
import { SessionCheck } from '../http/session-check';
import { AuthorizedRequests } from '../login/authorized-requests';
import { withoutSecrets } from '../redaction';
import type { ConnectionEnd, ServerConnection } from '../server-connection';
import type { HttpTarget } from '../upstream-ports';
import { endpointIn } from './endpoint';
import { OpenCalls } from './open-calls';
import { Outbox } from './outbox';
import { noStream, refusedMessage } from './sse-failures';

/** The server names the address for messages at once when the stream opens. */
const ENDPOINT_LIMIT: Ms = MINUTE;
/** How long the server may take over a message that is no call. */
const TELL_LIMIT: Ms = 30 * SECOND;
/** How long to wait for the server to take `notifications/initialized` before anything else is sent. */
const READY_LIMIT: Ms = 2 * SECOND;
/** How often to look whether a stream is silent. Proxies cut those on which nothing happens, many after a minute. */
const LOOK: Ms = 25 * SECOND;
/** After so many silent looks, ten minutes, a stream on which pings were answered before is taken for dead. */
const MAX_SILENT = 24;
/** The same once the machine has woken, when it is likely. */
const MAX_SILENT_WOKEN = 3;
/** Ids of pings. Those of the session check are lower, those of calls higher. */
const FIRST_PING = 100;
const LAST_PING = 999;
const MAX_CALLS = 256;
/** Messages that are no calls and on their way. */
const MAX_TELLS = 1_024;
/** What comes with a status that says it all, in characters. */
const MAX_REMARK = 64 * 1024;
const INITIALIZED = 'notifications/initialized';

/**
 * A connection to a server over HTTP+SSE (MCP 2024-11-05, transports): one stream, on which the server first names the
 * address for messages and then says whatever it says. The stream is the session: nothing can be resumed, and the
 * connection ends with it.
 *
 * A message that the server refuses is answered with a JSON-RPC error, unless the server turns out not to know the
 * session (`sessionGone`).
 */
export class SseConnection implements ServerConnection {
  readonly child = null;
  readonly session = null;
  readonly isResumed = false;
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void = () => {};
  onclose: (why: ConnectionEnd) => void = () => {};
  onstate: () => void = () => {};
  onheld: (call: RequestId, isHeld: boolean) => void = () => {};
  private readonly deps: HttpDeps;
  private readonly target: HttpTarget;
  private readonly timers: ConnectionTimers;
  private readonly requests: AuthorizedRequests;
  private readonly outbox: Outbox;
  private readonly check: SessionCheck;
  private readonly calls: OpenCalls;
  private readonly pace = fairTurns.join();
  private readonly abort = new AbortController();
  private isOpening = false;
  private isClosed = false;
  private tells = 0;
  /** Calls that wait for a login. */
  private readonly held = new Set<RequestId>();
  private initializeId: RequestId | null = null;
  private isInitialized = false;
  /** Something arrived since the stream's silence was last looked at. */
  private wasHeard = false;
  private silentLooks = 0;
  private answersPings = false;
  private pingId = FIRST_PING;
  /** Settles once the server took `notifications/initialized`, or sending failed. Nothing may overtake that message. */
  private ready: Promise<void> | null = null;

  /** @throws RequestFailed when the address is not an http or https URL */
  constructor(target: HttpTarget, deps: HttpDeps) {
    this.target = target;
    this.deps = deps;
    this.timers = new ConnectionTimers(deps.timers);
    const { login, network, timers } = deps;
    this.requests = new AuthorizedRequests(new HttpRequests(target, timers, network), login, timers);
    this.outbox = new Outbox(target, deps, this.timers);
    this.calls = new OpenCalls(this.timers, (id, sentence) => this.fail(id, sentence));
    this.check = new SessionCheck({
      ask: (request, signal, call) => this.outbox.send(request, signal, call),
      pause: (delay, signal) => this.timers.pause(delay, signal),
    });
  }

  listen(): void {
    if (this.isOpening || this.isClosed) return;
    this.isOpening = true;
    void this.stream();
  }

  send(message: JsonRpcMessage): void {
    this.listen();
    if (this.isClosed) return;
    if (this.ready) void this.ready.then(() => this.sendNow(message));
    else this.sendNow(message);
  }

  /** The stream cannot be replaced: it is the session. Whether it still leads anywhere shows soon. */
  wake(): void {
    if (this.isClosed) return;
    const waking = this.deps.waking?.left ?? 0;
    this.requests.renew(waking);
    this.outbox.renew(waking);
    if (!this.isInitialized) return;
    this.wasHeard = false;
    this.silentLooks = Math.max(this.silentLooks, MAX_SILENT - MAX_SILENT_WOKEN);
    this.ping();
  }

  /** Always false: the stream on which the answer would come ended with the earlier Holdfast. */
  mayAnswer(): boolean {
    return false;
  }

  async output(): Promise<[]> {
    return [];
  }

  async stderr(): Promise<string[]> {
    return [];
  }

  async close(): Promise<void> {
    this.release();
  }

  release(): void {
    for (const id of this.held) this.callHeld(id, false);
    this.isClosed = true;
    this.abort.abort();
    this.calls.drop();
    this.timers.end();
    this.requests.close();
    this.outbox.close();
  }

  /** Opens the stream and reads it to its end, which is that of the connection. Never rejects. */
  private async stream(): Promise<void> {
    try {
      const headers = { accept: EVENT_STREAM };
      const answer = await this.requests.send({ method: 'GET', headers, signal: this.abort.signal, silence: 0 });
      if (answer.statusCode !== 200 || typeOf(answer) !== EVENT_STREAM) return this.end(await whyNoStream(answer));
      this.timers.after(ENDPOINT_LIMIT, () => {
        if (!this.outbox.isOpen) this.end(said('said.sse.late_address'));
      });
      await readEvents(answer, {
        turn: () => (this.pace.mayGo ? null : this.pace.turn()),
        onBytes: () => this.heard(),
        // When to connect again is decided as for a process that ended.
        onRetry: () => {},
        onEvent: ({ name, data }) => this.take(name, data),
      });
      this.end(said('said.sse.closed'));
    } catch (error) {
      this.end(error instanceof RequestFailed ? error.message : said('said.http.not_taken'));
    }
  }

  private heard(): void {
    this.wasHeard = true;
    this.calls.heard();
  }

  /** Makes the server say something on a silent stream, if only that it does not know `ping`. */
  private keepAlive(): void {
    this.timers.after(LOOK, () => {
      this.silentLooks = this.wasHeard ? 0 : this.silentLooks + 1;
      if (this.answersPings && this.silentLooks >= MAX_SILENT) return this.end(said('said.sse.silent'));
      if (!this.wasHeard) this.ping();
      this.wasHeard = false;
      this.keepAlive();
    });
  }

  private ping(): void {
    void this.tell({ jsonrpc: '2.0', id: this.pingId, method: 'ping' });
    this.pingId = this.pingId < LAST_PING ? this.pingId + 1 : FIRST_PING;
  }

  private take(name: string, data: string): void {
    if (this.isClosed) return;
    if (name === 'endpoint') {
      // A session has one address; whoever names another later has no say in where the headers go.
      if (!this.outbox.isOpen) this.outbox.open(endpointIn(data, this.target.url));
      else this.pace.spend(1);
      return;
    }
    const messages = name === 'message' ? messagesIn(data, asServerMessage) : [];
    if (messages.length === 0) this.pace.spend(1);
    for (const message of messages) this.deliver(message);
  }

  private deliver(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    if (!isResponse(message)) {
      this.pace.spend(1);
      this.onmessage(message, null);
    } else if (message.id !== null && this.calls.settle(message.id)) {
      if (message.id === this.initializeId && message.error === undefined) this.initialized();
      this.onmessage(message, message.id);
    } else {
      this.pace.spend(1);
      this.answersPings ||= isPing(message.id);
      this.check.take(message);
    }
  }

  private initialized(): void {
    this.isInitialized = true;
    this.keepAlive();
  }

  private sendNow(message: JsonRpcMessage): void {
    if (this.isClosed) return;
    if (isRequest(message)) {
      this.call(message);
      return;
    }
    if (this.withdraws(message)) return;
    const told = this.tell(message);
    if (!isNotification(message)) return;
    if (message.method === INITIALIZED) {
      this.ready = Promise.race([told, this.timers.pause(READY_LIMIT, this.abort.signal)]);
    } else if (message.method === 'notifications/cancelled') {
      const id = message.params?.requestId;
      if (isRequestId(id)) this.calls.cancelled(id);
    }
  }

  /** Whether the message cancels a call that waits for a login, which is given up therefore: the server has not got it. */
  private withdraws(message: JsonRpcMessage): boolean {
    const isCancel = isNotification(message) && message.method === 'notifications/cancelled';
    const id = isCancel ? message.params?.requestId : null;
    if (!isRequestId(id) || !this.held.has(id)) return false;
    this.calls.abort(id);
    this.fail(id, said('said.http.withdrawn'));
    return true;
  }

  private call(request: JsonRpcRequest): void {
    const { id, method } = request;
    if (this.calls.size >= MAX_CALLS) {
      const text = said('said.http.busy', { count: MAX_CALLS });
      queueMicrotask(() => this.onmessage(rpcError(id, RPC.serverError, text), id));
      return;
    }
    if (method === 'initialize') this.initializeId = id;
    void this.postCall(request, this.calls.add(id));
  }

  /** Sends a call, whose answer comes on the stream. Never rejects. */
  private async postCall(request: JsonRpcRequest, signal: AbortSignal): Promise<void> {
    const { id, method } = request;
    try {
      const body = textOf(request);
      const mayRepeat = HARMLESS.has(method);
      // Some servers take the message only when they are done with it, so only the stream tells how long that may take.
      const onHeld = (isHeld: boolean) => this.callHeld(id, isHeld);
      const sent = { method: 'POST', headers: POST_HEADERS, body, mayRepeat, silence: 0, onHeld } as const;
      await this.posted(await this.outbox.send(sent, signal, id), id);
    } catch (error) {
      this.fail(id, error instanceof RequestFailed ? outcomeOf(error) : said('said.http.not_taken'));
    }
  }

  private callHeld(id: RequestId, isHeld: boolean): void {
    if (this.isClosed || this.held.has(id) === isHeld) return;
    if (isHeld) this.held.add(id);
    else this.held.delete(id);
    this.onheld(id, isHeld);
  }

  /** Sends a message whose reply, if there is one, interests nobody; it does no harm twice. Never rejects. */
  private async tell(message: JsonRpcMessage): Promise<void> {
    if (this.tells >= MAX_TELLS) return;
    this.tells += 1;
    const limit = new AbortController();
    const cancelLimit = this.timers.after(TELL_LIMIT, () => limit.abort());
    const signal = AbortSignal.any([limit.signal, this.abort.signal]);
    const sent = { method: 'POST', headers: POST_HEADERS, body: textOf(message), mayRepeat: true, silence: 0 } as const;
    try {
      await this.posted(await this.outbox.send(sent, signal, null), null);
    } catch {
      // A lasting failure also hits calls, which report it.
    } finally {
      cancelLimit();
      this.tells -= 1;
    }
  }

  /**
   * Reads the response to a POST, which says whether the message was taken.
   * @param call - id of the call that the message was; null when it was none
   */
  private async posted(answer: IncomingMessage, call: RequestId | null): Promise<void> {
    const status = answer.statusCode ?? 0;
    if (status >= 300) return this.refused(answer, call);
    // Some servers answer right here.
    if (isJson(answer))
      for (const message of messagesIn(await readText(answer), asServerMessage)) this.deliver(message);
    else {
      await readText(answer, MAX_REMARK).catch(() => {});
      answer.destroy();
      const isPage = typeOf(answer) === 'text/html';
      if (call !== null && isPage) this.fail(call, said('said.sse.web_page'));
    }
  }

  private async refused(answer: IncomingMessage, call: RequestId | null): Promise<void> {
    const status = answer.statusCode ?? 0;
    const { refusal, body } = await readRefusal(answer, call ?? 'none');
    if (this.isInitialized && mayBeOfSession(refusal, body)) {
      const { isGone, notTaken } = await this.check.about(refusal);
      if (isGone) return this.sessionGone(notTaken ? call : null);
    }
    if (call === null) return;
    const response = messagesIn(body, asServerMessage).find((message) => isResponse(message) && message.id === call);
    if (response) this.deliver(response);
    else this.fail(call, quoting(refusedMessage(status), refusal));
  }

  private fail(id: RequestId, sentence: string): void {
    if (this.isClosed || !this.calls.settle(id)) return;
    const text = withoutSecrets(sentence, this.target, this.deps.login?.presentToken);
    this.onmessage(rpcError(id, RPC.serverError, said('said.server.unnamed', { what: text })), id);
  }

  private sessionGone(call: RequestId | null): void {
    this.end(new SessionGone(false).message, { sessionGone: true, notTaken: call === null ? [] : [call] });
  }

  private end(sentence: string, why: Pick<ConnectionEnd, 'sessionGone' | 'notTaken'> = {}): void {
    if (this.isClosed) return;
    const notTaken = [...(why.notTaken ?? []), ...this.outbox.notTaken];
    this.release();
    this.onclose({ sentence, code: null, signal: null, keeperLost: false, ...why, notTaken });
  }
}

const isPing = (id: RequestId | null): boolean => typeof id === 'number' && id >= FIRST_PING && id <= LAST_PING;

async function whyNoStream(answer: IncomingMessage): Promise<string> {
  const { refusal } = await readRefusal(answer, 'none');
  return quoting(noStream(answer.statusCode ?? 0, typeOf(answer)), refusal);
}
