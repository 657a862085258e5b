import type { ServerResponse } from 'node:http';
import { isResponse, type JsonRpcMessage, type JsonRpcResponse, type RequestId } from '../../../mcp/json-rpc';
import { textOf } from '../../../mcp/message-text';
import type { StoredCall } from '../../../mcp/stored-streams';
import { randomText } from '../../../platform/random-text';
import type { Services } from '../../../services';
import { sendJsonText } from '../../refusal';
import type { Outbox } from './outbox';
import { type EventStream, type EventStreams, eventId, type Priming } from './sse-stream';

/** A reply that is ready within this time goes out as plain JSON; a slower one becomes a stream. */
const JSON_WITHIN_MS = 50;

interface Answering {
  readonly services: Services;
  readonly outbox: Outbox;
  /** The replies in progress. This one is listed until every request is answered. */
  readonly open: Set<PostReply>;
  readonly transportId: string;
  /** Requests to answer, in the order of the body. */
  readonly requestIds: readonly RequestId[];
}

export interface PostReplyOptions extends Answering {
  readonly streams: EventStreams;
  /** The body was an array, so the answer is one too. */
  readonly isBatch: boolean;
  /** How its stream begins, if it becomes one. */
  readonly priming: Priming;
  /**
   * The session that stores the stream. Null when the answer must not or cannot be stored; it is then always plain
   * JSON.
   */
  readonly sessionId: string | null;
}

/** A stored stream that an earlier run left with unanswered requests. */
export interface RestoredOptions extends Answering {
  readonly sessionId: string;
  readonly streamId: string;
}

/** What is needed to start the response to a POST. */
interface Beginning extends PostReplyOptions {
  readonly res: ServerResponse;
}

/**
 * The answer to one POST. It lives until every request is answered, even if the client disconnects: messages are stored
 * before they are streamed, so a client that lost its connection can fetch them by `Last-Event-ID`.
 */
export class PostReply {
  readonly transportId: string;
  private readonly services: Services;
  private readonly outbox: Outbox;
  private readonly open: Set<PostReply>;
  /** Null when an earlier run began the reply. */
  private readonly beginning: Beginning | null;
  private readonly calls: StoredCall[] = [];
  private readonly replies: Text[] = [];
  private cancelTimer: () => void = () => {};
  private sessionIdNow: string | null;
  private unanswered: number;
  private isStream = false;
  private stream: EventStream | null = null;
  private storedAs: string | null = null;

  private constructor(options: Answering & { sessionId: string | null }, beginning: Beginning | null) {
    this.services = options.services;
    this.outbox = options.outbox;
    this.open = options.open;
    this.transportId = options.transportId;
    this.sessionIdNow = options.sessionId;
    this.unanswered = options.requestIds.length;
    this.beginning = beginning;
    this.open.add(this);
  }

  /** Starts the answer to a POST. */
  static begin(options: PostReplyOptions, res: ServerResponse): PostReply {
    const postReply = new PostReply(options, { ...options, res });
    const { timers } = options.services;
    postReply.cancelTimer = timers.after(JSON_WITHIN_MS, () => {
      // After a stall of our own, first take in replies that have already arrived: a stream costs writes, which could
      // cause the next stall.
      postReply.cancelTimer = timers.after(0, () => postReply.startStream());
    });
    return postReply;
  }

  /** Continues a reply from before a restart. Messages are only stored until the client reconnects. */
  static restore(options: RestoredOptions): PostReply {
    const postReply = new PostReply(options, null);
    postReply.storedAs = options.streamId;
    postReply.isStream = true;
    return postReply;
  }

  /** The session that stores what is sent; null when it is not to be stored. */
  get sessionId(): string | null {
    return this.sessionIdNow;
  }

  /** Null while nothing is stored. */
  get streamId(): string | null {
    return this.storedAs;
  }

  /** Records that a request was passed to a server, to recognize its answer after a restart. */
  sent(call: StoredCall): void {
    this.calls.push(call);
  }

  /** Records that a request which was passed to a server is made again under this id. What is stored is on disk when this returns. */
  sentAgain(end_id: RequestId, again_id: RequestId): void {
    const at = this.calls.findIndex((call) => call.end_id === end_id);
    const call = this.calls[at];
    if (!call) return;
    this.calls[at] = { ...call, again_id };
    if (this.storedAs === null) return;
    try {
      this.services.store.streams.setCalls(this.storedAs, this.calls);
    } catch (error) {
      this.services.log.warn({ err: error }, 'a call that is made again could not be stored; a restart would lose it');
    }
  }

  /**
   * Answers one of the requests.
   *
   * @returns the size of the answer in bytes
   */
  reply(response: JsonRpcResponse): number {
    const said = sentAs(response);
    this.unanswered -= 1;
    if (this.unanswered === 0) this.cancelTimer();
    if (this.isStream) this.send(said);
    else this.replies.push(said);
    if (this.unanswered === 0) this.finish();
    return Buffer.byteLength(said.text);
  }

  /** Sends a message that belongs to one of the requests, ahead of its reply. */
  related(message: JsonRpcMessage): void {
    this.startStream();
    if (this.isStream) this.send(sentAs(message));
  }

  /**
   * Called when Holdfast stops. Returns whether the next run can answer the requests, because the client can resume the
   * stream. In that case the stream has begun, even if there was still time for a plain JSON reply.
   */
  leave(): boolean {
    this.startStream();
    return this.storedAs !== null;
  }

  /**
   * The client has reconnected: sends messages to this stream from now on. The caller replays what was stored before.
   */
  resume(stream: EventStream): void {
    this.outbox.flush();
    this.stream?.end();
    this.stream = stream;
  }

  /** Ends the connection. Replies are stored until the client reconnects. */
  cut(): void {
    this.outbox.flush();
    this.stream?.end();
  }

  /** Call this when the transport moves to another session. What is stored here moves with it. */
  moveTo(sessionId: string): void {
    if (this.sessionIdNow === null) return;
    this.outbox.flush();
    this.sessionIdNow = sessionId;
    const { store, log } = this.services;
    try {
      if (this.storedAs !== null) store.streams.move(this.storedAs, sessionId);
    } catch (error) {
      log.warn({ err: error }, 'a stream could not be moved; it cannot be resumed');
    }
  }

  private startStream(): void {
    const { beginning, sessionIdNow } = this;
    if (this.isStream || !beginning || sessionIdNow === null || beginning.res.destroyed) return;
    this.cancelTimer();
    const replies = this.replies.splice(0);
    this.storedAs = this.store(beginning, sessionIdNow, replies);
    this.stream = beginning.streams.start(beginning.res, 'call');
    this.isStream = true;
    const { stream, storedAs } = this;
    const idOf = (index: number) => (storedAs === null ? null : eventId(storedAs, index));
    if (storedAs !== null) stream.prime(eventId(storedAs, 1), beginning.priming);
    for (const [at, { text }] of replies.entries()) stream.send(idOf(at + 2), text);
  }

  /**
   * Stores the stream in one transaction with what it already contains: a stored stream never waits for a reply that
   * its server has already given.
   */
  private store({ requestIds: request_ids }: Beginning, session_id: string, replies: readonly Text[]): string | null {
    const { store, clock, random, log } = this.services;
    const stream_id = newStreamId(random);
    const created_at = clock.now();
    const { calls, transportId: transport_id } = this;
    try {
      store.transaction(() => {
        store.streams.open({ stream_id, session_id, kind: 'post', request_ids, calls, transport_id, created_at });
        store.streams.append(stream_id, null, created_at);
        for (const { text, answers } of replies) store.streams.append(stream_id, text, created_at, false, answers);
      });
    } catch (error) {
      log.warn({ err: error }, 'a stream could not be stored; it cannot be resumed');
      return null;
    }
    return stream_id;
  }

  private send({ text, answers }: Text): void {
    const { store, clock } = this.services;
    this.outbox.add({
      store: () => {
        if (this.storedAs === null) return null;
        return eventId(this.storedAs, store.streams.append(this.storedAs, text, clock.now(), false, answers));
      },
      send: (id) => this.stream?.send(id, text),
    });
  }

  private finish(): void {
    this.open.delete(this);
    if (this.isStream) {
      this.outbox.add({
        store: () => {
          if (this.storedAs !== null) this.services.store.streams.done(this.storedAs);
          return null;
        },
        send: () => this.endDelivered(),
      });
      this.outbox.flush();
    } else if (this.beginning) {
      const text = this.replies.map(({ text }) => text).join(',');
      sendJsonText(this.beginning.res, 200, this.beginning.isBatch ? `[${text}]` : text);
    }
  }

  private endDelivered(): void {
    const { storedAs, stream } = this;
    if (storedAs !== null) stream?.onDelivered(() => this.services.store.streams.delivered(storedAs));
    stream?.end();
  }
}

interface Text {
  readonly text: string;
  /** The request that it answers; undefined if it is no answer. */
  readonly answers: RequestId | undefined;
}

const sentAs = (message: JsonRpcMessage): Text => ({
  text: textOf(message),
  answers: isResponse(message) ? (message.id ?? undefined) : undefined,
});

/** Makes a stream id from 96 random bits. */
export const newStreamId = (random: Services['random']): string => randomText(random, 12);
