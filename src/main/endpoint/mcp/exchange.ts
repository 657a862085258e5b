import type { ServerResponse } from 'node:http';
import type { JsonRpcMessage, JsonRpcResponse, RequestId } from '../../mcp/json-rpc';
import { randomText } from '../../platform/random-text';
import type { Services } from '../../services';
import { sendJson } from '../refusal';
import { type EventStream, type EventStreams, eventId } from './event-stream';

/** A reply that is ready within this time goes out as plain JSON; a slower one turns into a stream. */
const JSON_WITHIN_MS = 50;

export interface ExchangeOptions {
  readonly services: Services;
  readonly streams: EventStreams;
  /** Where it is listed until every request is answered. */
  readonly open: Set<Exchange>;
  readonly transportId: string;
  /** Requests of the body, in its order. */
  readonly requestIds: readonly RequestId[];
  /** The body was an array, so the answer is one too. */
  readonly isBatch: boolean;
  /** Whether a stream may begin with an event without data. */
  readonly primed: boolean;
  /** The session that stores the stream; null when the answer must not or cannot be stored: it is always plain JSON then. */
  readonly sessionId: string | null;
}

/**
 * The answer to one POST. It lives until every request is answered, whether or not somebody listens: what it sends as a
 * stream is stored first, so that a client that lost its connection gets it by `Last-Event-ID`.
 */
export class Exchange {
  readonly transportId: string;
  private readonly options: ExchangeOptions;
  private readonly res: ServerResponse;
  private readonly replies: JsonRpcResponse[] = [];
  private readonly cancelTimer: () => void;
  private sessionIdNow: string | null;
  private unanswered: number;
  private stream: EventStream | null = null;
  private storedAs: string | null = null;

  constructor(options: ExchangeOptions, res: ServerResponse) {
    this.options = options;
    this.res = res;
    this.transportId = options.transportId;
    this.sessionIdNow = options.sessionId;
    this.unanswered = options.requestIds.length;
    options.open.add(this);
    this.cancelTimer = options.services.timers.after(JSON_WITHIN_MS, () => this.startStream());
  }

  /** The session that stores what is sent. */
  get sessionId(): string | null {
    return this.sessionIdNow;
  }

  /** Null while nothing is stored. */
  get streamId(): string | null {
    return this.storedAs;
  }

  /** One of the requests is answered. */
  reply(response: JsonRpcResponse): void {
    this.unanswered -= 1;
    if (this.unanswered === 0) this.cancelTimer();
    if (this.stream) this.send(response);
    else this.replies.push(response);
    if (this.unanswered === 0) this.finish();
  }

  /** Sends a message that belongs to one of the requests, ahead of its reply. */
  related(message: JsonRpcMessage): void {
    this.startStream();
    if (this.stream) this.send(message);
  }

  /** The client is back: from now on messages go to this stream. What was stored before is the caller's to send. */
  resume(stream: EventStream): void {
    this.stream?.end();
    this.stream = stream;
  }

  /** Ends the connection; replies are stored until the client comes back for them. */
  cut(): void {
    this.stream?.end();
  }

  /** The transport serves another session now, and with it what is stored here. */
  moveTo(sessionId: string): void {
    if (this.sessionIdNow === null) return;
    this.sessionIdNow = sessionId;
    const { store, log } = this.options.services;
    try {
      if (this.storedAs !== null) store.streams.move(this.storedAs, sessionId);
    } catch (error) {
      log.warn({ err: error }, 'a stream could not be moved; it cannot be resumed');
    }
  }

  private startStream(): void {
    if (this.stream || this.sessionId === null || this.res.destroyed) return;
    this.cancelTimer();
    this.storedAs = this.store(this.sessionId);
    this.stream = this.options.streams.start(this.res);
    if (this.streamId !== null && this.options.primed) this.stream.send(eventId(this.streamId, 1), '');
    for (const reply of this.replies.splice(0)) this.send(reply);
  }

  private store(session_id: string): string | null {
    const { services, requestIds, primed } = this.options;
    const { store, clock, random, log } = services;
    const stream_id = newStreamId(random);
    const created_at = clock.now();
    try {
      store.transaction(() => {
        store.streams.open({ stream_id, session_id, kind: 'post', request_ids: requestIds, created_at });
        if (primed) store.streams.append(stream_id, null, created_at);
      });
    } catch (error) {
      log.warn({ err: error }, 'a stream could not be stored; it cannot be resumed');
      return null;
    }
    return stream_id;
  }

  private send(message: JsonRpcMessage): void {
    const text = JSON.stringify(message);
    this.stream?.send(this.append(text), text);
  }

  private append(text: string): string | null {
    if (this.streamId === null) return null;
    const { store, clock, log } = this.options.services;
    try {
      return eventId(this.streamId, store.streams.append(this.streamId, text, clock.now()));
    } catch (error) {
      log.warn({ err: error }, 'a message was sent without being stored');
      return null;
    }
  }

  private finish(): void {
    this.options.open.delete(this);
    if (this.stream) {
      if (this.streamId !== null) this.markDone(this.streamId);
      this.stream.end();
    } else sendJson(this.res, 200, this.options.isBatch ? this.replies : this.replies[0]);
  }

  private markDone(streamId: string): void {
    try {
      this.options.services.store.streams.done(streamId);
    } catch (error) {
      // Whoever asks finds every reply stored, so nothing but a little work is lost.
      this.options.services.log.warn({ err: error }, 'a stream could not be marked as done');
    }
  }
}

/** 96 random bits. */
export const newStreamId = (random: Services['random']): string => randomText(random, 12);
