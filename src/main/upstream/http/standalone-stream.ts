import type { IncomingMessage } from 'node:http';
import type { Ms } from '../../../shared/model/units';
import { EVENT_STREAM, messagesIn, readEvents, typeOf } from '../../http-client/answer-body';
import type { ConnectionContext } from './connection-context';
import { readRefusal } from './http-call';
import { NOT_AT_ONCE, paceOf, retryAfter } from './pace';
import { mayBeOfSession } from './refusal';

/**
 * The stream for messages that belong to no call (MCP 2025-11-25, transports, listening for messages from the server).
 * It is reopened whenever it ends, until the connection closes. If the server does not offer one, it is not asked
 * again.
 */
export class StandaloneStream {
  /** Id of the last event; null while the stream cannot be resumed. */
  eventId: string | null;
  private readonly context: ConnectionContext;
  private isDropped = false;
  /** Of the present stream or attempt, and of the pause after it. */
  private abort = new AbortController();
  /** Streams and attempts in a row that brought no message. */
  private quiet = 0;
  private wasOpen: boolean;
  private isOver = false;

  constructor(context: ConnectionContext, eventId: string | null) {
    this.context = context;
    this.eventId = eventId;
    this.wasOpen = eventId !== null;
  }

  /** Keeps the stream open until it is dropped or refused for good. Never rejects. */
  async run(): Promise<void> {
    while (!this.isOver && !this.isDropped && !this.context.isClosed) {
      this.abort = new AbortController();
      const { signal } = this.abort;
      let asked: Ms | null = null;
      try {
        asked = await this.open(signal);
      } catch {
        // A lasting failure also hits calls, which report it.
      }
      if (this.isOver || signal.aborted) continue;
      await this.context.pause(paceOf(this.context.random, this.quiet, asked), signal);
      if (!signal.aborted) this.quiet += 1;
    }
  }

  /** Whether the server may still say something on it. */
  get isOffered(): boolean {
    return !this.isOver;
  }

  drop(): void {
    this.isDropped = true;
    this.abort.abort();
  }

  /** Opens it again at once, on a new connection: the present one may lead nowhere. */
  reopen(): void {
    this.quiet = 0;
    this.abort.abort();
  }

  /** Opens the stream and reads it to its end. Returns the reconnection delay in ms; null if the server set none. */
  private async open(signal: AbortSignal): Promise<Ms | null> {
    const headers: Record<string, string> = { accept: EVENT_STREAM };
    if (this.eventId !== null) headers['last-event-id'] = this.eventId;
    const answer = await this.context.ask({ method: 'GET', headers, silence: 0, isOptional: true }, signal, null);
    if (answer.statusCode !== 200 || typeOf(answer) !== EVENT_STREAM) return await this.refused(answer);
    this.wasOpen = true;
    let retry: Ms | null = null;
    const cancel = this.context.after(NOT_AT_ONCE, () => {
      this.quiet = 0;
    });
    await readEvents(answer, {
      turn: () => this.context.turn(),
      onRetry: (delay) => {
        retry = delay;
      },
      onEvent: ({ id, data }) => {
        const messages = data === '' ? [] : messagesIn(data);
        if (messages.length > 0) this.quiet = 0;
        for (const message of messages) this.context.deliver(message, null);
        if (id === null) return;
        this.eventId = id;
        this.context.moved();
      },
    }).finally(cancel);
    return retry;
  }

  /** Returns when to ask again, as the server says; null if it does not. */
  private async refused(answer: IncomingMessage): Promise<Ms | null> {
    const status = answer.statusCode ?? 0;
    const { refusal, body } = await readRefusal(answer, 'none');
    // Before the stream was ever open, there may be no such route.
    if (this.wasOpen && mayBeOfSession(refusal, body)) {
      const { isGone } = await this.context.checkSession(refusal);
      if (isGone) this.context.sessionGone(null);
    }
    if (status === 400 && this.eventId !== null) this.eventId = null;
    else if (status < 500 && status !== 409 && status !== 429) this.isOver = true;
    return retryAfter(answer);
  }
}
