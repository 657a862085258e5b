import type { HoldfastEvent } from './event';
import type { Session } from './session';

/**
 * Messages of the live stream between main process and window. A snapshot is followed by batches whose `from_seq` is the
 * previous `to_seq + 1`; a reader that sees a gap sends `resync` and gets a new snapshot.
 */
export type StreamMessage =
  | { type: 'snapshot'; epoch: string; seq: number; at: number; sessions: Session[] }
  | { type: 'batch'; epoch: string; from_seq: number; to_seq: number; events: HoldfastEvent[] }
  /** Sent every 5 s, so that silence always means a fault. */
  | { type: 'heartbeat'; epoch: string; seq: number; at: number };

/** A snapshot holds at most this many sessions, the newest ones. */
export const SNAPSHOT_SESSIONS = 10_000;

/** What the reader sends back. The writer never has more than two batches unacknowledged. */
export type StreamReply = { type: 'ack'; to_seq: number } | { type: 'resync' };
