import type { ServerResponse } from 'node:http';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { allowsEmptyEvents } from '../../../mcp/protocol-versions';
import type { Timers } from '../../../platform/ports';
import { API_HEADERS } from '../../refusal';
import { EVENT_STREAM } from '../http';

/** How long clients wait before reconnecting. Longer than a restart of ours, as many clients try only once or twice. */
const RETRY_MS = 2_500;
/** The longest that they are told to wait. */
const LONGEST_RETRY_MS = 15_000;
/** What they are told before a stop in order that may last: the usual two tries then bridge 20 s. */
const RETRY_AFTER_STOP_MS = 10_000;
const GROW_PERIOD: Ms = 5 * SECOND;
const KEEP_ALIVE: Ms = 15 * SECOND;
/** A client with more unread bytes than this is disconnected. What it missed is stored and sent when it reconnects. */
const MAX_BUFFERED = 4 * 1024 * 1024;

/** What a priming event looks like to a client: without data, or, before 2025-11-25, of a type of its own. */
export type Priming = 'empty' | 'typed';

/** How streams of clients of this revision are primed. */
export const primingFor = (version: string): Priming => (allowsEmptyEvents(version) ? 'empty' : 'typed');

const NO_MEANING = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/primed' });

/** One SSE response (WHATWG HTML, server-sent events). Writing after the client has disconnected does nothing. */
export class EventStream {
  private readonly res: ServerResponse;
  private maxBuffered = MAX_BUFFERED;
  private retry = RETRY_MS;
  /** How often the stream has been asked to grow its `retry`. */
  private grown = 0;

  /** Sends the head and the `retry` hint at once: the client then knows that it is connected and when to reconnect. */
  constructor(res: ServerResponse) {
    this.res = res;
    res.writeHead(200, {
      ...API_HEADERS,
      'Content-Type': EVENT_STREAM,
      'Cache-Control': 'no-cache, no-transform',
      // Keeps reverse proxies such as nginx from buffering events.
      'X-Accel-Buffering': 'no',
    });
    res.write(`retry: ${RETRY_MS}\n\n`);
  }

  /**
   * Call this every 5 s while nothing minds the port during an absence of ours: `retry` becomes about half of what the
   * stream has lasted. Somebody who has waited long can wait a little longer, and long calls bridge long absences.
   */
  grow(): void {
    this.grown += 1;
    const half = Math.round((this.grown * GROW_PERIOD) / 2);
    this.waitFor(Math.min(LONGEST_RETRY_MS, Math.max(RETRY_MS, half)));
  }

  /** Tells the client how long to wait before it reconnects, unless it knows. */
  waitFor(retry: Ms): void {
    if (retry === this.retry) return;
    this.retry = retry;
    this.write(`retry: ${retry}\n\n`);
  }

  get isOpen(): boolean {
    return !this.res.destroyed && !this.res.writableEnded;
  }

  /**
   * Sends one event.
   * @param id - null when the message could not be stored, so that no client asks for what follows it
   * @param data - JSON text without line breaks; empty for a priming event
   */
  send(id: string | null, data: string): void {
    this.write(frame(id, data));
  }

  /**
   * Sends an event that carries nothing but an id, from which the client can resume (MCP 2025-11-25, transports,
   * resumability). For older clients it has a type that they do not know, which tells them to ignore it, and as its data
   * a notification without meaning, in case they look at the data all the same. They remember its id like any other.
   */
  prime(id: string, priming: Priming): void {
    if (priming === 'empty') this.send(id, '');
    else this.write(`event: primed\nid: ${id}\ndata: ${NO_MEANING}\n\n`);
  }

  /** Sends one stored event. Its size does not count as unread, since the client did not cause the burst. */
  replay(id: string | null, data: string): void {
    const text = frame(id, data);
    this.maxBuffered += Buffer.byteLength(text);
    this.write(text);
  }

  /** Sends a comment, so the connection is not taken for dead, and so we notice if it is. */
  keepAlive(): void {
    this.write(': keep-alive\n\n');
  }

  /** Ends the response. The client may reconnect. */
  end(): void {
    if (this.isOpen) this.res.end();
  }

  /** Calls `work` once when the response is over, whichever side ended it. */
  onClose(work: () => void): void {
    this.res.once('close', work);
  }

  /** Calls `work` once when the whole response was handed to the system. Not if the connection broke before. */
  onDelivered(work: () => void): void {
    this.res.once('finish', work);
  }

  private write(text: string): void {
    if (!this.isOpen) return;
    // Checked before the write, so a single message may be of any size.
    if (this.res.writableLength > this.maxBuffered) this.res.destroy();
    else this.res.write(text);
  }
}

const frame = (id: string | null, data: string): string => `${id === null ? '' : `id: ${id}\n`}data: ${data}\n\n`;

/** All open SSE responses. One timer keeps them alive, another makes the `retry` of calls grow. */
export class EventStreams {
  private readonly open = new Set<EventStream>();
  private readonly stopKeepAlive: () => void;
  /** Those of them that a call waits for. */
  private readonly calls = new Set<EventStream>();
  private readonly stopGrowing: () => void;
  private readonly isMinded: () => boolean;

  /** @param isMinded - whether clients are held, rather than refused, when this process is gone */
  constructor(timers: Timers, isMinded: () => boolean) {
    this.isMinded = isMinded;
    this.stopGrowing = timers.every(GROW_PERIOD, () => {
      for (const stream of this.calls) {
        if (isMinded()) stream.waitFor(RETRY_MS);
        else stream.grow();
      }
    });
    this.stopKeepAlive = timers.every(KEEP_ALIVE, () => {
      for (const stream of this.open) stream.keepAlive();
    });
  }

  /**
   * Turns a response into a stream.
   * @param kind - only those of calls make their client wait longer: others have nothing to lose but news
   */
  start(res: ServerResponse, kind: 'call' | 'news'): EventStream {
    const stream = new EventStream(res);
    this.open.add(stream);
    if (kind === 'call') this.calls.add(stream);
    stream.onClose(() => {
      this.open.delete(stream);
      this.calls.delete(stream);
    });
    return stream;
  }

  /** Ends all streams. Clients reconnect after the `retry` time. */
  close(): void {
    this.stopKeepAlive();
    this.stopGrowing();
    for (const stream of this.open) {
      if (!this.isMinded()) stream.waitFor(RETRY_AFTER_STOP_MS);
      stream.end();
    }
  }
}

/** The event id of a message: its stream and its index there. Unique across all sessions. */
export const eventId = (streamId: string, index: number): string => `${streamId}.${index}`;

/** Parses an event id; null if it is not in our format. */
export function parseEventId(text: string): { streamId: string; index: number } | null {
  const match = /^([A-Za-z0-9_-]{16})\.(\d{1,10})$/.exec(text);
  return match?.[1] && match[2] ? { streamId: match[1], index: Number(match[2]) } : null;
}
