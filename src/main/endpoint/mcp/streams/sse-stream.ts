import type { ServerResponse } from 'node:http';
import { type Ms, SECOND } from '../../../../shared/model/units';
import type { Timers } from '../../../platform/ports';
import { API_HEADERS } from '../../refusal';
import { EVENT_STREAM } from '../http';

/** How long clients wait before they come back: long enough for a restart of ours, which many try only once or twice. */
const RETRY_MS = 2_500;
const KEEP_ALIVE: Ms = 15 * SECOND;
/** A client that reads so slowly is cut; what it missed is stored and sent when it comes back. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** One SSE response (WHATWG HTML, server-sent events). Writing to one whose client is gone does nothing. */
export class EventStream {
  private readonly res: ServerResponse;
  private maxBuffered = MAX_BUFFERED;

  /** Sends the head and the `retry` hint at once, so that the client knows it is connected and when to come back. */
  constructor(res: ServerResponse) {
    this.res = res;
    res.writeHead(200, {
      ...API_HEADERS,
      'Content-Type': EVENT_STREAM,
      'Cache-Control': 'no-cache, no-transform',
      // Tells reverse proxies such as nginx not to hold events back.
      'X-Accel-Buffering': 'no',
    });
    res.write(`retry: ${RETRY_MS}\n\n`);
  }

  get isOpen(): boolean {
    return !this.res.destroyed && !this.res.writableEnded;
  }

  /**
   * Sends one event.
   * @param id - null when the message could not be stored, so that nobody asks for what follows it
   * @param data - JSON text without line breaks; empty for a priming event
   */
  send(id: string | null, data: string): void {
    this.write(frame(id, data));
  }

  /** Sends one event of the past. However many there are at once, the client is not to blame for what it has not read yet. */
  replay(id: string | null, data: string): void {
    const text = frame(id, data);
    this.maxBuffered += Buffer.byteLength(text);
    this.write(text);
  }

  /** A comment that keeps the connection from being taken for dead, and tells us when it is. */
  keepAlive(): void {
    this.write(': keep-alive\n\n');
  }

  /** Ends the response. The client may come back. */
  end(): void {
    if (this.isOpen) this.res.end();
  }

  /** Calls `work` once when the response is over, whoever ended it. */
  onClose(work: () => void): void {
    this.res.once('close', work);
  }

  private write(text: string): void {
    if (!this.isOpen) return;
    // Looked at before: one message may be as large as it likes.
    if (this.res.writableLength > this.maxBuffered) this.res.destroy();
    else this.res.write(text);
  }
}

const frame = (id: string | null, data: string): string => `${id === null ? '' : `id: ${id}\n`}data: ${data}\n\n`;

/** Every open SSE response. Keeps them alive with one timer. */
export class EventStreams {
  private readonly open = new Set<EventStream>();
  private readonly stopKeepAlive: () => void;

  constructor(timers: Timers) {
    this.stopKeepAlive = timers.every(KEEP_ALIVE, () => {
      for (const stream of this.open) stream.keepAlive();
    });
  }

  /** Turns a response into a stream. */
  start(res: ServerResponse): EventStream {
    const stream = new EventStream(res);
    this.open.add(stream);
    stream.onClose(() => this.open.delete(stream));
    return stream;
  }

  /** Ends all of them; clients come back after the time they were told. */
  close(): void {
    this.stopKeepAlive();
    for (const stream of this.open) stream.end();
  }
}

/** Names a message: the stream it belongs to, and its place there. Unique among the streams of all sessions. */
export const eventId = (streamId: string, index: number): string => `${streamId}.${index}`;

/** Takes an event id apart; null when it has not our form. */
export function parseEventId(text: string): { streamId: string; index: number } | null {
  const match = /^([A-Za-z0-9_-]{16})\.(\d{1,10})$/.exec(text);
  return match?.[1] && match[2] ? { streamId: match[1], index: Number(match[2]) } : null;
}
