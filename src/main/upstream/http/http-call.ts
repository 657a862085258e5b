import type { IncomingMessage } from 'node:http';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { EVENT_STREAM, isJson, messagesIn, readEvents, readText, typeOf } from '../../http-client/answer-body';
import { RequestFailed, statusSentence } from '../../http-client/failures';
import {
  asServerMessage,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type RequestId,
  RPC,
  rpcError,
} from '../../mcp/json-rpc';
import { textOf } from '../../mcp/message-text';
import { type ConnectionContext, delayBefore, SessionGone } from './connection-context';
import { standardHeaders } from './standard-headers';

/** A call is given up when nothing arrives for this long, not even a comment that keeps its stream alive. */
const SILENCE: Ms = 10 * MINUTE;
/** How long a cancelled call may still be answered; the server need not answer it. */
const CANCEL_LIMIT: Ms = 5 * SECOND;
/** How long the server gets to close a stream after the answer. */
const LINGER: Ms = SECOND;
/** Consecutive resume attempts before giving up. */
const MAX_TRIES = 8;
const MAX_REFUSAL = 64 * 1024;
const METHOD_NOT_FOUND = -32601;

/** Headers of every POST request. */
export const POST_HEADERS = {
  'content-type': 'application/json',
  accept: `application/json, ${EVENT_STREAM}`,
} as const;

/**
 * One request to the server, until it is answered by plain JSON or on a stream, which is resumed when it is cut
 * (MCP 2025-11-25, transports, resumability and redelivery). It gets exactly one answer, if only an error.
 */
export class Call {
  readonly id: RequestId;
  /** Id of the last event on its stream; null while the stream cannot be resumed. */
  eventId: string | null;
  private readonly context: ConnectionContext;
  private readonly abort = new AbortController();
  private readonly done: () => void;
  private readonly onHead: (answer: IncomingMessage) => void;
  private isAnswered = false;
  private retry: Ms | null = null;
  private tries = 0;
  private cancelSilence: () => void = () => {};

  /**
   * @param eventId - last event id, for a call made before a restart; else null
   * @param done - called once, before the answer is delivered
   * @param onHead - called with the response to the POST before its body is read
   */
  constructor(
    context: ConnectionContext,
    id: RequestId,
    eventId: string | null,
    done: () => void,
    onHead: (answer: IncomingMessage) => void = () => {},
  ) {
    this.context = context;
    this.id = id;
    this.eventId = eventId;
    this.done = done;
    this.onHead = onHead;
  }

  /** Sends the request, or resumes the stream when `request` is null. Never rejects. */
  async run(request: JsonRpcRequest | null): Promise<void> {
    this.heard();
    try {
      if (request) await this.post(request);
      while (!this.isAnswered && !this.context.isClosed) await this.resume();
    } catch (error) {
      if (this.context.isClosed) return;
      if (error instanceof SessionGone) this.context.sessionGone(error.notTaken ? this.id : null);
      else this.fail(error instanceof RequestFailed ? error.message : 'said something that could not be taken');
    } finally {
      this.cancelSilence();
    }
  }

  /** Called when the answer has arrived, on whichever stream. */
  answered(): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    this.done();
    this.context.after(LINGER, () => this.abort.abort());
  }

  /** Called when the server was told that the call is cancelled. The call fails if no answer follows within 5 s. */
  cancelled(): void {
    this.context.after(CANCEL_LIMIT, () => this.fail('did not answer the call before it was cancelled'));
  }

  /** Aborts the call's requests without answering it. */
  drop(): void {
    this.abort.abort();
  }

  private async post(request: JsonRpcRequest): Promise<void> {
    const headers = { ...POST_HEADERS, ...standardHeaders(request) };
    const sent = { method: 'POST', headers, body: textOf(request), silence: SILENCE } as const;
    const answer = await this.context.ask(sent, this.abort.signal, this.id);
    this.onHead(answer);
    if (answer.statusCode !== 200) await this.refused(answer);
    else if (typeOf(answer) === EVENT_STREAM) await this.read(answer);
    else if (isJson(answer)) {
      for (const message of messagesIn(await readText(answer))) this.take(message);
      if (!this.isAnswered) this.fail('answered with something that is no answer to the call');
    } else {
      answer.destroy();
      this.fail(`answered with ${typeOf(answer) || 'no content type'}, which is not MCP; check its address`);
    }
  }

  /** The server did not accept the request. A JSON-RPC error in the body says more than the HTTP status. */
  private async refused(answer: IncomingMessage): Promise<void> {
    const status = answer.statusCode ?? 0;
    const text = isJson(answer) ? await readText(answer, MAX_REFUSAL).catch(() => '') : '';
    answer.destroy();
    if (this.context.hasSession && isSessionRefusal(status, text)) throw new SessionGone(true);
    const response = messagesIn(text).find((message) => isResponse(message) && message.id === this.id);
    if (response) this.take(response);
    else if (status < 300) this.fail('accepted the call and did not answer it');
    else this.fail(statusSentence(status));
  }

  private async resume(): Promise<void> {
    if (this.eventId === null)
      throw lost('ended its answer before it was complete; the outcome of the call is unknown');
    await this.context.pause(this.retry ?? delayBefore(this.context.random, this.tries), this.abort.signal);
    if (this.isAnswered) return;
    this.tries += 1;
    const headers = { accept: EVENT_STREAM, 'last-event-id': this.eventId };
    try {
      const answer = await this.context.ask({ method: 'GET', headers, silence: SILENCE }, this.abort.signal, null);
      if (answer.statusCode === 200 && typeOf(answer) === EVENT_STREAM) {
        this.tries = 0;
        await this.read(answer);
        return;
      }
      answer.destroy();
      const status = answer.statusCode ?? 0;
      if (status === 404 && this.context.hasSession) throw new SessionGone(false);
      if (status < 500 && status !== 409 && status !== 429) throw lost(`${statusSentence(status)}, asked to go on`);
    } catch (error) {
      if (!(error instanceof RequestFailed) || !error.passing) throw error;
    }
    if (this.tries >= MAX_TRIES) throw lost('cut its answer and could not go on; the outcome of the call is unknown');
  }

  private read(answer: IncomingMessage): Promise<void> {
    return readEvents(answer, {
      turn: () => this.context.turn(),
      onBytes: () => this.heard(),
      onRetry: (delay) => {
        this.retry = delay;
      },
      onEvent: ({ id, data }) => {
        if (data !== '') for (const message of messagesIn(data, asServerMessage)) this.take(message);
        if (id === null) return;
        this.eventId = id;
        if (!this.isAnswered) this.context.moved();
      },
    });
  }

  private take(message: JsonRpcMessage): void {
    this.context.deliver(message, this.id);
  }

  private fail(sentence: string): void {
    if (this.isAnswered || this.context.isClosed) return;
    const response: JsonRpcResponse = rpcError(this.id, RPC.serverError, `The server ${sentence}.`);
    this.context.deliver(response, this.id);
    this.abort.abort();
  }

  private heard(): void {
    this.cancelSilence();
    this.cancelSilence = this.context.after(SILENCE, () => this.fail('said nothing for ten minutes'));
  }
}

/**
 * Whether the refusal of a message sent with a session id means that the session is unknown, rather than that the
 * message itself is refused.
 */
export function isSessionRefusal(status: number, text: string): boolean {
  if (status !== 404 && status !== 400) return false;
  const responses = messagesIn(text).filter(isResponse);
  if (status === 404) return !responses.some(({ error }) => error?.code === METHOD_NOT_FOUND);
  // Some servers answer 400 for an unknown session id; the error then carries no request id.
  return responses.every(({ id }) => id === null);
}

const lost = (message: string) => new RequestFailed(message, { taken: true, passing: false });
