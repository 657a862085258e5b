import type { Ms } from '../../shared/model/units';

/** Time. `now` is for times shown and stored. `monotonic` is for durations: it does not jump or count sleep twice. */
export interface Clock {
  now(): Ms;
  monotonic(): Ms;
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
