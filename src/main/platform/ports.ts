import type { Ms } from '../../shared/model/units';

/** Time. `now` is for times shown and stored. `monotonic` is for durations: it does not jump or count sleep twice. */
export interface Clock {
  now(): Ms;
  monotonic(): Ms;
}

/** What the machine tells of the time. */
export interface SystemClock extends Clock {
  /** Since the machine started, sleep included. Setting the wall clock does not change it. */
  uptime(): Ms;
}

/** The time that decides over sessions and tokens. Setting the wall clock decides nothing. */
export interface SessionClock extends Clock {
  /** How long Holdfast has run, over all runs. A machine that sleeps counts, a Holdfast that is stopped does not. */
  lived(): Ms;
  readonly tokens: TokenClock;
}

/** The time by which tokens are issued and judged. It never goes back. */
export interface TokenClock {
  now(): Ms;
  /** Whether a token has expired. Once this was said of a token, it stays true. */
  hasExpired(token: { readonly issuedAt: Ms; readonly expiresAt: Ms }): boolean;
}

/** Timers that a test can drive. */
export interface Timers {
  /** Calls `work` once after `delay`; the returned function cancels it. */
  after(delay: Ms, work: () => void): () => void;
  /** Calls `work` every `period`; the returned function stops it. */
  every(period: Ms, work: () => void): () => void;
}

/** Cryptographically strong randomness. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Storage for secrets that must survive a restart. Values never reach a log. */
export interface Secrets {
  /** The value, or null if there is none or it can no longer be read. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, value: Uint8Array): Promise<void>;
  /** A human-readable description of how the values are protected. */
  readonly protection: string;
}
