import type { Ms } from '../../../../shared/model/units';
import {
  isRequest,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../../mcp/json-rpc';
import type { Caller } from '../../../mcp/server-channel';
import type { Relay, ReplyTo } from '../relay/relay';
import { takenBackBy } from './stateless-messages';

const UNWANTED = 'Nobody waits for the answer any more.';

let calls = 0;

/**
 * One call from a client without sessions to a server with one. It may outlast the client's request: while the server
 * waits for the client to answer a question, no request is open, and a later one brings the answer.
 */
export class BridgedCall {
  /** Receives notifications while a client request is waiting; null while none is. */
  onnotification: ((message: JsonRpcNotification) => void) | null = null;
  response: JsonRpcResponse | null = null;
  /** The server's unanswered questions, by their request ids. */
  readonly questions = new Map<string, JsonRpcRequest>();
  private readonly relay: Relay;
  private readonly caller: Caller;
  private readonly id: string;
  private serverId: RequestId | null = null;
  private replyTo: ReplyTo | null = null;
  private wake: () => void = () => {};

  constructor(relay: Relay, caller: Caller) {
    calls += 1;
    this.relay = relay;
    this.caller = caller;
    this.id = `bridged-${calls}`;
  }

  /**
   * @param sentAs - called with the id that the request has at the server
   * @param watch - may stand in between the call and what receives its messages
   */
  start(
    method: string,
    params: Params,
    initializeParams: unknown,
    sentAs: (id: RequestId) => void = () => {},
    watch: (request: JsonRpcRequest, replyTo: ReplyTo) => ReplyTo = (_, replyTo) => replyTo,
  ): void {
    const request = { jsonrpc: '2.0' as const, id: this.id, method, params };
    const replyTo: ReplyTo = {
      sentAs: (id) => {
        this.serverId = id;
        sentAs(id);
      },
      reply: (response) => {
        this.response = response;
        this.wake();
      },
      related: (message) => this.related(message),
    };
    this.replyTo = watch(request, replyTo);
    this.relay.request(request, this.caller, initializeParams, this.replyTo);
  }

  /** The client has the server's questions, and no request is open until it comes back with the answers. */
  paused(): void {
    this.replyTo?.paused?.();
  }

  /** A request of the client goes on with the call. */
  continued(arrived: Ms): void {
    this.replyTo?.continued?.(arrived);
  }

  /** Resolves when the call is answered, the server asks something, or the signal aborts. */
  news(signal: AbortSignal): Promise<void> {
    if (this.response || this.questions.size > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = () => {
        signal.removeEventListener('abort', this.wake);
        resolve();
      };
      signal.addEventListener('abort', this.wake);
    });
  }

  /** Passes the client's answer on to the server. Ignored if there is no such question. */
  answer(key: string, answer: Pick<JsonRpcResponse, 'result' | 'error'>): void {
    const question = this.questions.get(key);
    if (!question) return;
    this.questions.delete(key);
    this.relay.respond({ jsonrpc: '2.0', id: question.id, ...answer }, this.caller);
  }

  /**
   * Cancels the call at the server, unless the server has answered it: a handle is no answer of it. Call this when Holdfast lets
   * nobody wait for it any more.
   */
  cancel(): void {
    const goesOn = this.response === null || this.replyTo?.isLeft?.() === true;
    if (!goesOn || this.serverId === null) return;
    if (this.replyTo?.giveUp) this.replyTo.giveUp(UNWANTED);
    else this.relay.cancel(this.serverId, UNWANTED);
  }

  /** The same when the client has left. */
  left(): void {
    if (this.response) return;
    const params = { requestId: this.id };
    this.relay.notify({ jsonrpc: '2.0', method: 'notifications/cancelled', params }, this.caller);
  }

  /** Adds a question that the server asks within this call. */
  ask(question: JsonRpcRequest): void {
    this.questions.set(String(question.id), question);
    this.wake();
  }

  /** The server has taken a question back. */
  takenBack(id: string): void {
    this.questions.delete(id);
  }

  /** Whether its server asks something within this call, when it does so within the call with this id. */
  isCall(id: RequestId | null): boolean {
    return id !== null && this.serverId === id;
  }

  private related(message: JsonRpcMessage): void {
    const taken = takenBackBy(message);
    if (taken !== null) this.takenBack(taken);
    else if (isRequest(message)) this.ask(message);
    else this.onnotification?.(message as JsonRpcNotification);
  }
}
