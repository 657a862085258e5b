import { DAY, MINUTE, type Ms, SECOND } from './units';

/** The times that decide what a session is. Tests pass their own; the product uses {@link DEFAULT_POLICY}. */
export interface SessionPolicy {
  /** Attached and quiet for this long is `idle`. */
  readonly idleAfter: Ms;
  /** A lost push stream that is neither back nor followed by a request for this long means `disconnected`. */
  readonly streamGrace: Ms;
  /** No open stream, no request in flight and no traffic for this long means `disconnected`. */
  readonly quietAfter: Ms;
  /** A disconnected session is resumable for this long; then it is `expired`. Never shorter than the token's life. */
  readonly retention: Ms;
  /** A client that initializes anew within this time of its drop comes back to its session. */
  readonly reattachWindow: Ms;
  /** Parallel initializes of one client within this time count as one reconnect. */
  readonly coalesceWindow: Ms;
  /** Life of a reconnect token. */
  readonly tokenLife: Ms;
  /** A used token may be shown again for this long while its successor is unused (the answer was lost). */
  readonly retryGrace: Ms;
  /** A transport that only shook hands is forgotten after this long. */
  readonly handshakeLife: Ms;
}

export const DEFAULT_POLICY: SessionPolicy = {
  idleAfter: MINUTE,
  streamGrace: 20 * SECOND,
  quietAfter: 30 * MINUTE,
  retention: DAY,
  reattachWindow: 2 * MINUTE,
  coalesceWindow: 5 * SECOND,
  tokenLife: 15 * MINUTE,
  retryGrace: 10 * SECOND,
  handshakeLife: DAY,
};

/** This many reconnects within {@link FLAP_WINDOW} make a session `flapping`. */
export const FLAP_COUNT = 5;
export const FLAP_WINDOW: Ms = 10 * MINUTE;
/** Number of latest call latencies a session carries for its sparkline. */
export const LATENCY_SAMPLES = 24;
