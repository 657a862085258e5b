import type { Ms } from '../../shared/model/units';
import type { RequestId } from './json-rpc';

/** A request as it was passed to a server. Kept to recognize its answer even after a restart. */
export interface StoredCall {
  /** The id that the client gave it. */
  readonly id: RequestId;
  /** The id that the server knows it by. */
  readonly end_id: RequestId;
  /** Chosen by the client; null when it wants no progress notifications. */
  readonly progress_token: RequestId | null;
  readonly method: string;
  /** Tool, prompt or resource, if the method names one. */
  readonly name: string | null;
  /** Whether Holdfast waits for a task that the server makes of it; otherwise the client gets that task. */
  readonly follows?: boolean;
  /** The id that the server knows it by since it was made again, with a mark. */
  readonly again_id?: RequestId;
}

/** An SSE stream whose messages can be replayed. */
export interface NewStream {
  readonly stream_id: string;
  readonly session_id: string;
  /** `post` answers requests; `get` is the standalone stream for messages that the server sends on its own. */
  readonly kind: 'post' | 'get';
  /** Requests that a `post` stream answers. */
  readonly request_ids: readonly RequestId[];
  /** Those of them that a server has yet to answer. */
  readonly calls?: readonly StoredCall[];
  /** The transport on which the requests arrived. */
  readonly transport_id?: string | null;
  readonly created_at: Ms;
}

/** A `post` stream left behind by a run that was killed. */
export interface UnfinishedStream {
  readonly stream_id: string;
  readonly session_id: string;
  readonly transport_id: string | null;
  readonly request_ids: readonly RequestId[];
  readonly calls: readonly StoredCall[];
  readonly created_at: Ms;
}

/** A message for a session's standalone streams that was never written to any of them. */
export interface UnsentMessage {
  readonly stream_id: string;
  readonly message: string;
}

export interface StoredStream {
  readonly kind: 'post' | 'get';
  /** The transport whose request it answers; null for a standalone stream. */
  readonly transport_id: string | null;
  readonly request_ids: readonly RequestId[];
  /** Every request has been answered, so nothing will follow. */
  readonly done: boolean;
  /** Index of the newest message; 0 when there is none. */
  readonly last_index: number;
}

export interface StreamMessage {
  readonly index: number;
  /** JSON-RPC message as JSON text. */
  readonly message: string;
}

/**
 * Messages of SSE streams, kept for clients that lost their connection and ask for what they missed (`Last-Event-ID`).
 * What is kept is bounded in bytes, for a session and in all; messages that were delivered are dropped first.
 * A message is on disk before it is sent. A stream belongs to one session and cannot be found under another session's
 * id.
 */
export interface StreamRepository {
  open(stream: NewStream): void;
  /**
   * Stores a message.
   * @param message - JSON text; null for a priming event, which takes an index but is never replayed
   * @param sent - whether it is written to a client's connection right away; see {@link unsent}
   * @param answers - the request that it answers. If the message has to be dropped, an error takes its place
   * @returns its index in the stream, counted from 1
   * @throws HoldfastError `not_found` if there is no such stream
   */
  append(streamId: string, message: string | null, at: Ms, sent?: boolean, answers?: RequestId): number;
  /** `post` streams that are not done, of sessions that have not ended, oldest first. */
  unfinished(): UnfinishedStream[];
  /** Messages of the session's standalone streams that were never written to a connection, in order of arrival. */
  unsent(sessionId: string): UnsentMessage[];
  /** The newest stream with messages waiting for the session's next connection, and how many; null if there is none. */
  waiting(sessionId: string): { readonly stream_id: string; readonly count: number } | null;
  /** Marks all the stream's messages as written to a connection, its own or that of a stream that took over. */
  sent(streamId: string): void;
  /** The response that carried the stream was written to the end, so its messages are the first to be dropped. */
  delivered(streamId: string): void;
  /** The stream if it belongs to this session; null otherwise. */
  get(sessionId: string, streamId: string): StoredStream | null;
  /** Whether a stream with this id is stored, whatever its session. */
  has(streamId: string): boolean;
  /** Messages after `index`, oldest first; none if the stream does not belong to this session. */
  after(sessionId: string, streamId: string, index: number): StreamMessage[];
  /** Whether a standalone stream of the session holds a request with this id, from a server to its client. */
  hasRequest(sessionId: string, id: string): boolean;
  /** Replaces what is stored of the requests that a `post` stream answers. */
  setCalls(streamId: string, calls: readonly StoredCall[]): void;
  /** Marks the stream as complete: nothing will follow. */
  done(streamId: string): void;
  /** Moves a stream with its messages to another session, the one that its transport now serves. */
  move(streamId: string, toSession: string): void;
}
