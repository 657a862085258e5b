import type { Input, Method, Output } from '../../shared/contract';
import type { StreamMessage } from '../../shared/contract/stream';
import { type Ms, SECOND } from '../../shared/model/units';

/** Bound of one request. */
export const USUAL_ANSWER: Ms = 15 * SECOND;
/** Bound of one invocation: longer where a program may have to be started first. */
export const answerWithin = (method: string): Ms =>
  method === 'servers.test' || method === 'servers.retry' ? 40 * SECOND : USUAL_ANSWER;

/** How fresh what is shown can be: the header says this word and never a better one. */
export type ConnectionState = 'live' | 'reconnecting' | 'polling' | 'offline';

/** What a bridge knows of its connection. Times are ms since the Unix epoch. */
export interface ConnectionInfo {
  readonly state: ConnectionState;
  /** When the newest message, heartbeats included, arrived; null before the first. */
  readonly heard_at: number | null;
  /** When the next try is due while `reconnecting` or `polling`; null otherwise. */
  readonly next_try_at: number | null;
  /** What went wrong last, for a person; null while `live`. */
  readonly problem: string | null;
  /** Nothing will come before somebody signs in; only in a browser. */
  readonly signed_out?: boolean;
}

export interface BridgeListener {
  message(message: StreamMessage): void;
  connection(info: ConnectionInfo): void;
}

/**
 * The renderer's only way out. One implementation speaks Electron IPC, the other HTTP and the monitor WebSocket; nothing
 * else in the renderer knows which one it has.
 */
export interface Bridge {
  /** Invokes a method of the contract. Rejects with a `HoldfastError`; bounded in time. */
  invoke<M extends Method>(method: M, input: Input<M>): Promise<Output<M>>;
  /** Opens the live stream and keeps it open until the returned function is called. */
  open(listener: BridgeListener): () => void;
  /** Acknowledges a batch after it is on the screen. */
  ack(toSeq: number): void;
  /** Asks for a new snapshot after a gap. */
  resync(): void;
  /** Tries at once instead of waiting for the next try. */
  reconnectNow(): void;
  /** Stops trying until {@link reconnectNow}. */
  disconnect(): void;
}
