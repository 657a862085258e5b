import { SECOND } from '../../../shared/model/units';
import { EVENT_STREAM, messagesIn, readEvents, typeOf } from '../../http-client/answer-body';
import { delayBefore, type Link } from './connection-context';

const FIRST_WAIT = SECOND;

/**
 * The stream on which a server says what belongs to no call (MCP 2025-11-25, transports, listening for messages from the
 * server). It is opened again whenever it ends, for as long as the connection lives; a server without one is left alone.
 */
export class StandaloneStream {
  /** Where it stands; null while it cannot go on where it was. */
  eventId: string | null;
  private readonly link: Link;
  private readonly abort = new AbortController();
  private tries = 0;
  private wasOpen: boolean;
  private isOver = false;

  constructor(link: Link, eventId: string | null) {
    this.link = link;
    this.eventId = eventId;
    this.wasOpen = eventId !== null;
  }

  /** Keeps it open. Never rejects. */
  async run(): Promise<void> {
    while (!this.isOver && !this.link.isClosed) {
      let wait = delayBefore(this.link.random, this.tries, FIRST_WAIT);
      try {
        wait = (await this.open()) ?? wait;
      } catch {
        // What fails for good fails for calls as well, which say so.
      }
      if (!this.isOver) await this.link.pause(wait, this.abort.signal);
    }
  }

  drop(): void {
    this.abort.abort();
  }

  /** Opens it and reads it to its end. Returns how long the server wants a client to stay away, if it said so. */
  private async open(): Promise<number | null> {
    this.tries += 1;
    const headers: Record<string, string> = { accept: EVENT_STREAM };
    if (this.eventId !== null) headers['last-event-id'] = this.eventId;
    const answer = await this.link.ask({ method: 'GET', headers, silence: 0 }, this.abort.signal, null);
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
      onRetry: (delay) => {
        retry = delay;
      },
      onEvent: ({ id, data }) => {
        if (data !== '') for (const message of messagesIn(data)) this.link.deliver(message, null);
        if (id === null) return;
        this.eventId = id;
        this.link.moved();
      },
    });
    return retry;
  }

  private refused(status: number): void {
    // 404 where it was open before means the session; where it never was, there may be no such route.
    if (status === 404 && this.wasOpen && this.link.hasSession) this.link.sessionGone(null);
    else if (status === 400 && this.eventId !== null) this.eventId = null;
    else if (status < 500 && status !== 409 && status !== 429) this.isOver = true;
  }
}
