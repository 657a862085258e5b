import type { IncomingMessage } from 'node:http';
import { type Sentence, said } from '../../../shared/messages/said';
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
import { READS } from '../instance/safe-calls';
import { type ConnectionContext, delayBefore, SessionGone } from './connection-context';
import { NOT_AT_ONCE, paceOf, retryAfter } from './pace';
import { mayBeOfSession, type Refusal, refusalOf } from './refusal';
import { standardHeaders } from './standard-headers';

/** A call is given up when nothing arrives for this long, not even a comment that keeps its stream alive. */
const SILENCE: Ms = 10 * MINUTE;
/** How long a cancelled call may still be answered; the server need not answer it. */
const CANCEL_LIMIT: Ms = 5 * SECOND;
/** How long the server gets to close a stream after the answer. */
const LINGER: Ms = SECOND;
/** The answer is not waited for much longer than the server needs for it. */
const MAX_PAUSE: Ms = 10 * SECOND;
/** Consecutive resume attempts before giving up. */
const MAX_TRIES = 8;
const MAX_REFUSAL = 64 * 1024;
/** As much of a stream as is kept of what was no message: enough to see why the server refused. */
const MAX_STRAY = 2_000;
/** Requests that do no harm when the server gets them twice; `initialize` leaves a session that nobody uses. */
export const HARMLESS: ReadonlySet<string> = new Set([
  'initialize',
  ...READS,
  ...['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe'],
]);

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
  /** Of the present stream or attempt, and of the pause before it. */
  private turn = new AbortController();
  private readonly done: () => void;
  private readonly onHead: (answer: IncomingMessage) => void;
  private isAnswered = false;
  /** It waits for a login. */
  private isHeld = false;
  private retry: Ms | null = null;
  private tries = 0;
  /** Streams in a row that ended at once and without a message. */
  private quiet = 0;
  /** The first thing on a stream that was no message for this call. */
  private stray = '';
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
      else this.fail(error instanceof RequestFailed ? outcomeOf(error) : said('said.http.not_taken'));
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

  /**
   * Gives the call up if it waits for a login, so that the server never gets it.
   * @returns false if the server may have got it
   */
  withdraw(): boolean {
    if (this.isHeld) this.fail(said('said.http.withdrawn'));
    return this.isHeld;
  }

  /** Called when the server was told that the call is cancelled. The call fails if no answer follows within 5 s. */
  cancelled(): void {
    this.context.after(CANCEL_LIMIT, () => this.fail(said('said.http.cancel_unanswered')));
  }

  /** Resumes its stream at once, on a new connection. An answer that cannot be resumed is still waited for. */
  reopen(): void {
    if (this.eventId === null || this.isAnswered) return;
    this.retry = null;
    this.quiet = 0;
    this.tries = 0;
    this.turn.abort();
  }

  /** Aborts the call's requests without answering it. */
  drop(): void {
    this.abort.abort();
  }

  private async post(request: JsonRpcRequest): Promise<void> {
    const headers = { ...POST_HEADERS, ...standardHeaders(request) };
    const sent = { headers, body: textOf(request), silence: SILENCE };
    const mayRepeat = HARMLESS.has(request.method);
    const onHeld = (isHeld: boolean) => {
      this.isHeld = isHeld;
      this.context.held(this.id, isHeld);
    };
    const answer = await this.context.ask({ ...sent, method: 'POST', mayRepeat, onHeld }, this.newTurn(), this.id);
    this.onHead(answer);
    if (answer.statusCode !== 200) await this.refused(answer);
    else if (typeOf(answer) === EVENT_STREAM) await this.read(answer);
    else if (isJson(answer)) {
      const text = await readText(answer);
      for (const message of messagesIn(text)) this.take(message);
      if (this.isAnswered) return;
      const refusal = refusalOf(200, text, this.id);
      await this.checkSession(refusal, text);
      this.fail(quoting(said('said.http.not_an_answer'), refusal));
    } else {
      const { refusal, body } = await readRefusal(answer, this.id);
      await this.checkSession(refusal, body);
      this.fail(notMcp(typeOf(answer)));
    }
  }

  /** The server did not accept the request. A JSON-RPC error in the body says more than the HTTP status. */
  private async refused(answer: IncomingMessage): Promise<void> {
    const status = answer.statusCode ?? 0;
    if (status === 202 && this.context.isListening) {
      answer.resume();
      await this.answeredElsewhere();
      return;
    }
    const { refusal, body } = await readRefusal(answer, this.id);
    await this.checkSession(refusal, body);
    const response = messagesIn(body).find((message) => isResponse(message) && message.id === this.id);
    if (response) this.take(response);
    else if (status < 300) this.fail(said('said.http.accepted'));
    else this.fail(quoting(statusSentence(status), refusal));
  }

  /** Resolves when the call is over: some servers answer on the standalone stream. */
  private answeredElsewhere(): Promise<void> {
    const { signal } = this.abort;
    return new Promise((resolve) => {
      if (this.isAnswered || signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** @throws SessionGone when the refusal means that the server does not know the session */
  private async checkSession(refusal: Refusal, body: string): Promise<void> {
    if (!mayBeOfSession(refusal, body)) return;
    const { isGone, notTaken } = await this.context.checkSession(refusal);
    if (isGone) throw new SessionGone(notTaken);
  }

  private async resume(): Promise<void> {
    if (this.eventId === null) {
      await this.checkSession(refusalOf(200, this.stray, this.id), this.stray);
      throw lost(unknownOutcome(said('said.http.incomplete')));
    }
    const signal = this.newTurn();
    await this.context.pause(this.pause(), signal);
    if (this.isAnswered || signal.aborted) return;
    this.tries += 1;
    this.quiet += 1;
    const headers = { accept: EVENT_STREAM, 'last-event-id': this.eventId };
    try {
      const answer = await this.context.ask(
        { method: 'GET', headers, silence: SILENCE, isOptional: true },
        signal,
        null,
      );
      if (answer.statusCode === 200 && typeOf(answer) === EVENT_STREAM) {
        this.tries = 0;
        const cancel = this.context.after(NOT_AT_ONCE, () => {
          this.quiet = 0;
        });
        await this.read(answer).finally(cancel);
        return;
      }
      const status = answer.statusCode ?? 0;
      this.retry = retryAfter(answer) ?? this.retry;
      const { refusal, body } = await readRefusal(answer, this.id);
      await this.checkSession(refusal, body).catch(() => {
        // The call was taken before.
        throw new SessionGone(false);
      });
      if (status < 500 && status !== 409 && status !== 429)
        throw lost(said('said.status.asked_on', { what: statusSentence(status) }));
    } catch (error) {
      if (!(error instanceof RequestFailed) || !error.passing) throw error;
    }
    if (this.tries >= MAX_TRIES) throw lost(unknownOutcome(said('said.http.not_resumed')));
  }

  /** How long to wait before going on: a stream that was cut by the network is resumed at once. */
  private pause(): Ms {
    const { random } = this.context;
    if (this.retry === null && this.quiet === 0) return delayBefore(random, this.tries);
    return Math.max(paceOf(random, 0, this.retry), Math.min(paceOf(random, this.quiet, null), MAX_PAUSE));
  }

  private newTurn(): AbortSignal {
    this.turn = new AbortController();
    return AbortSignal.any([this.abort.signal, this.turn.signal]);
  }

  private read(answer: IncomingMessage): Promise<void> {
    return readEvents(answer, {
      turn: () => this.context.turn(),
      onBytes: () => this.heard(),
      onRetry: (delay) => {
        this.retry = delay;
      },
      onEvent: ({ id, data }) => {
        const messages = data === '' ? [] : messagesIn(data, asServerMessage);
        if (messages.length > 0) this.quiet = 0;
        const isOfCall = messages.some((message) => !isResponse(message) || message.id === this.id);
        if (!isOfCall) this.stray ||= data.slice(0, MAX_STRAY);
        for (const message of messages) this.take(message);
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
    const response: JsonRpcResponse = rpcError(
      this.id,
      RPC.serverError,
      said('said.server.unnamed', { what: this.context.withoutSecrets(sentence) }),
    );
    this.context.deliver(response, this.id);
    this.abort.abort();
  }

  private heard(): void {
    this.cancelSilence();
    this.cancelSilence = this.context.after(SILENCE, () => this.fail(said('said.http.silent')));
  }
}

/** Reads how a message was refused. */
export async function readRefusal(answer: IncomingMessage, id: RequestId): Promise<{ refusal: Refusal; body: string }> {
  const body = await readText(answer, MAX_REFUSAL).catch(() => '');
  answer.destroy();
  return { refusal: refusalOf(answer.statusCode ?? 0, body, id), body };
}

/** The sentence, with what the server says about it. */
export const quoting = (sentence: string, { text }: Refusal): string =>
  text === '' ? sentence : said('said.net.quoting', { what: sentence, text: text.replace(/[.\s]+$/, '') });

/** The failure of a call, for whoever waits for its answer. */
export const outcomeOf = ({ message, taken, passing }: RequestFailed): string =>
  taken && passing ? unknownOutcome(message) : message;

const unknownOutcome = (what: string): Sentence => said('said.net.outcome_unknown', { what });

const notMcp = (type: string): Sentence =>
  type === '' ? said('said.http.no_type') : said('said.http.not_mcp', { type });

const lost = (message: Sentence) => new RequestFailed(message, { taken: true, passing: false });
