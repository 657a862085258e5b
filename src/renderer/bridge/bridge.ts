import type { Input, Method, Output } from '../../shared/contract';
import type { StreamMessage } from '../../shared/contract/stream';
import { type Ms, SECOND } from '../../shared/model/units';

/** Time limit of one request. */
export const USUAL_ANSWER: Ms = 15 * SECOND;
/** Time limit of one invocation: longer where a program may have to start first. */
export const answerWithin = (method: string): Ms =>
  method === 'bundle.prepare' || method === 'servers.test' || method === 'servers.retry' || method === 'servers.restart'
    ? 40 * SECOND
    : USUAL_ANSWER;

/** How fresh the data can be. The header shows this word and never a better one. */
export type ConnectionState = 'live' | 'reconnecting' | 'polling' | 'offline';

/** What a bridge knows about its connection. Times are ms since the Unix epoch. */
export interface ConnectionInfo {
  readonly state: ConnectionState;
  /** When the newest message, heartbeats included, arrived; null before the first. */
  readonly heard_at: number | null;
  /** When the next attempt is due, while `reconnecting` or `polling`; otherwise null. */
  readonly next_try_at: number | null;
  /** What went wrong last, in plain words; null while `live`. */
  readonly problem: string | null;
  /** No data will come until somebody signs in; only in a browser. */
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
  /** Invokes a method of the contract, within a time limit. Rejects with a `HoldfastError`. */
  invoke<M extends Method>(method: M, input: Input<M>): Promise<Output<M>>;
  /** Opens the live stream and keeps it open until the returned function is called. */
  open(listener: BridgeListener): () => void;
  /** Acknowledges a batch once it is on screen. */
  ack(toSeq: number): void;
  /** Asks for a new snapshot after a gap. */
  resync(): void;
  /** Tries now instead of waiting for the next attempt. */
  reconnectNow(): void;
  /** Stops trying until {@link reconnectNow}. */
  disconnect(): void;
}
