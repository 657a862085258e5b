import { DAY, MINUTE, type Ms, SECOND } from './units';

/** The times and numbers that decide a session's status. Tests pass their own; the product uses {@link DEFAULT_POLICY}. */
export interface SessionPolicy {
  /** An attached session that is quiet for this long becomes `idle`. */
  readonly idleAfter: Ms;
  /** A session that lost its push stream becomes `disconnected` unless the stream or a request comes within this time. */
  readonly streamGrace: Ms;
  /** Without an open stream, a request in flight or any traffic for this long, a session becomes `disconnected`. */
  readonly quietAfter: Ms;
  /** A disconnected session can be resumed for this long, then it is `expired`. Never shorter than the token's lifetime. */
  readonly retention: Ms;
  /** A client that initializes again within this time after it dropped gets its session back. */
  readonly reattachWindow: Ms;
  /** Clients of the common SDKs open a stream that a restart cut again for this long; then they give up. */
  readonly streamRetries: Ms;
  /** After a restart that was no longer than that, the streams of clients that are still there are back by then. */
  readonly streamReturn: Ms;
  /** Parallel initializes of one client within this time count as one reconnect. */
  readonly coalesceWindow: Ms;
  /** Lifetime of a reconnect token. */
  readonly tokenLife: Ms;
  /** A used token is accepted again for this long while its successor is unused, in case the answer was lost. */
  readonly retryGrace: Ms;
  /** A transport that never got past its handshake is forgotten after this long. */
  readonly handshakeLife: Ms;
  /** So many sessions wait for their client, of each and in all; those away longest end first. Each may keep processes. */
  readonly mostLost: { readonly ofClient: number; readonly inAll: number };
}

export const DEFAULT_POLICY: SessionPolicy = {
  idleAfter: MINUTE,
  streamGrace: 20 * SECOND,
  quietAfter: 30 * MINUTE,
  retention: DAY,
  reattachWindow: 2 * MINUTE,
  streamRetries: 5 * SECOND,
  streamReturn: 4.5 * SECOND,
  coalesceWindow: 5 * SECOND,
  tokenLife: 15 * MINUTE,
  retryGrace: 10 * SECOND,
  handshakeLife: DAY,
  mostLost: { ofClient: 1_000, inAll: 10_000 },
};

/** This many reconnects within {@link FLAP_WINDOW} make a session `flapping`. */
export const FLAP_COUNT = 5;
export const FLAP_WINDOW: Ms = 10 * MINUTE;
/** So many sessions may be pinned at once: each keeps its processes for as long as that. */
export const MOST_PINNED = 20;
/** How many recent call latencies a session keeps for its sparkline. */
export const LATENCY_SAMPLES = 24;

/** Limits of what servers over stdio may hold on this machine. */
export interface ProcessLimits {
  /** Processes for the sessions of one client. */
  readonly perClient: number;
  /** Processes of one server. */
  readonly perServer: number;
  readonly inAll: number;
  /** Memory of all of them together. */
  readonly bytes: number;
}
