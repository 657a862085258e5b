import type { Ms } from '../../shared/model/units';

/** Time. `now` is for what is shown and stored, `monotonic` for durations: it neither jumps nor counts sleep twice. */
export interface Clock {
  now(): Ms;
  monotonic(): Ms;
}

/** Timers that a test can drive. */
export interface Timers {
  /** Calls `work` once after `delay`; the returned function cancels it. */
  after(delay: Ms, work: () => void): () => void;
  /** Calls `work` every `period`; the returned function ends it. */
  every(period: Ms, work: () => void): () => void;
}

/** Cryptographically strong randomness. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Where secrets are kept between starts. Values never reach a log. */
export interface Secrets {
  /** The value, or null when there is none or it cannot be read any more. */
  read(name: string): Promise<Uint8Array | null>;
  write(name: string, value: Uint8Array): Promise<void>;
  /** How well values are protected, in words for a person. */
  readonly protection: string;
}
