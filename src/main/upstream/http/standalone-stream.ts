import { SECOND } from '../../../shared/model/units';
import { EVENT_STREAM, messagesIn, readEvents, typeOf } from '../../http-client/answer-body';
import { type ConnectionContext, delayBefore } from './connection-context';

const FIRST_WAIT = SECOND;

/**
 * The stream for messages that belong to no call (MCP 2025-11-25, transports, listening for messages from the server).
 * It is reopened whenever it ends, until the connection closes. If the server does not offer one, it is not asked
 * again.
 */
export class StandaloneStream {
  /** Id of the last event; null while the stream cannot be resumed. */
  eventId: string | null;
  private readonly context: ConnectionContext;
  private readonly abort = new AbortController();
  private tries = 0;
  private wasOpen: boolean;
  private isOver = false;

  constructor(context: ConnectionContext, eventId: string | null) {
    this.context = context;
    this.eventId = eventId;
    this.wasOpen = eventId !== null;
  }

  /** Keeps the stream open until it is dropped or refused for good. Never rejects. */
  async run(): Promise<void> {
    while (!this.isOver && !this.context.isClosed) {
      let wait = delayBefore(this.context.random, this.tries, FIRST_WAIT);
      try {
        wait = (await this.open()) ?? wait;
      } catch {
        // A lasting failure also hits calls, which report it.
      }
      if (!this.isOver) await this.context.pause(wait, this.abort.signal);
    }
  }

  drop(): void {
    this.abort.abort();
  }

  /** Opens the stream and reads it to its end. Returns the reconnection delay in ms; null if the server set none. */
  private async open(): Promise<number | null> {
    this.tries += 1;
    const headers: Record<string, string> = { accept: EVENT_STREAM };
    if (this.eventId !== null) headers['last-event-id'] = this.eventId;
    const answer = await this.context.ask({ method: 'GET', headers, silence: 0 }, this.abort.signal, null);
    const status = answer.statusCode ?? 0;
    if (status !== 200 || typeOf(answer) !== EVENT_STREAM) {
      answer.destroy();
      this.refused(status);
      return null;
    }
    this.tries = 0;
    this.wasOpen = true;
    let retry: number | null = null;
    await readEvents(answer, {
      turn: () => this.context.turn(),
      onRetry: (delay) => {
        retry = delay;
      },
      onEvent: ({ id, data }) => {
        if (data !== '') for (const message of messagesIn(data)) this.context.deliver(message, null);
        if (id === null) return;
        this.eventId = id;
        this.context.moved();
      },
    });
    return retry;
  }

  private refused(status: number): void {
    // If the stream was open before, 404 means that the session is gone; otherwise the route may not exist.
    if (status === 404 && this.wasOpen && this.context.hasSession) this.context.sessionGone(null);
    else if (status === 400 && this.eventId !== null) this.eventId = null;
    else if (status < 500 && status !== 409 && status !== 429) this.isOver = true;
  }
}
