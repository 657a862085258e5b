import type { HoldfastEvent } from './event';
import type { Session } from './session';

/**
 * Messages of the live stream between main process and window. A snapshot is followed by batches whose `from_seq` is the
 * previous `to_seq + 1`; a reader that sees a gap sends `resync` and gets a new snapshot.
 */
export type StreamMessage =
  | { type: 'snapshot'; epoch: string; seq: number; at: number; sessions: Session[] }
  | { type: 'batch'; epoch: string; from_seq: number; to_seq: number; events: HoldfastEvent[] }
  /** Sent every 5 s while nothing else is due, so that silence is a fault and not a guess. */
  | { type: 'heartbeat'; epoch: string; seq: number; at: number };

/** Sessions that a snapshot holds at most, the newest ones. */
export const SNAPSHOT_SESSIONS = 10_000;

/** What the reader sends back. The writer holds at most two unacknowledged batches. */
export type StreamReply = { type: 'ack'; to_seq: number } | { type: 'resync' };
