import type { LoginStart } from '../../shared/contract/startup';
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
  /** Whether `monotonic` goes on while the machine sleeps, so that it cannot tell sleep. Missing: it stands still. */
  readonly countsSleep?: boolean;
}

/** The time that decides over sessions and tokens. Setting the wall clock decides nothing. */
export interface SessionClock extends Clock {
  /** How long Holdfast has run, over all runs. Neither sleep of the machine nor a Holdfast that is stopped counts. */
  lived(): Ms;
  /**
   * How long ago a time was that an earlier run stored. Setting the wall clock does not change it, neither now nor while nobody
   * ran; never negative.
   */
  ageOf(at: Ms): Ms;
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

/** Says when the machine falls asleep and when it wakes. The returned functions unsubscribe. */
export interface Power {
  /** Calls the listener when the machine is about to sleep. Not every source knows; it may sleep unannounced. */
  onSuspend(listener: () => void): () => void;
  /** Calls the listener after the machine woke, with how long it slept in ms, as far as this source can tell. */
  onResume(listener: (slept: Ms) => void): () => void;
}

/** Cryptographically strong randomness. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Storage for secrets that must survive a restart. Values never reach a log. */
export interface Secrets {
  /** The value, or null if there is none or this run cannot read it; {@link problem} is set then. */
  read(name: string): Promise<Uint8Array | null>;
  /**
   * Replaces the value atomically. A value that could not be read is never replaced: it must be read first.
   * @throws HoldfastError `storage_unavailable` with a sentence that says what to do
   */
  write(name: string, value: Uint8Array): Promise<void>;
  /** Whether the values are encrypted with a key that the keychain of the system keeps. */
  readonly inKeychain: boolean;
  /** How the values are protected, as a sentence for the user. */
  readonly protection: string;
  /** Which values this run cannot read, why, and what to do, in sentences for the user; null when it can read all. */
  readonly problem: string | null;
  /** Calls `listener` when values that could not be read can be. The returned function ends that. */
  onReadable(listener: () => void): () => void;
}

/** Encrypts and decrypts with a key that the keychain of the system keeps. Both reject when they fail. */
export interface Cipher {
  encrypt(value: Uint8Array): Promise<Uint8Array>;
  decrypt(encrypted: Uint8Array): Promise<Uint8Array>;
}

/** The keychain of the system. */
export interface Keychain {
  /**
   * Asks it for the key; it may ask the user, for as long as that takes.
   * @throws Error whose message completes "the keychain of the system cannot be used: ..."
   */
  open(): Promise<Cipher>;
}

/** One process, told apart from a later one with the same id by when it started. */
export interface ProcessId {
  readonly pid: number;
  readonly started: string;
}

/** What the system says about a running process. */
export interface ProcessFacts extends ProcessId {
  readonly parentPid: number;
  /** The name that the system has for it. */
  readonly name: string;
  /** Its command line; empty if that cannot be read. */
  readonly command: readonly string[];
  /** Its working folder; null if that cannot be read. */
  readonly folder: string | null;
}

/** A connection over loopback, as the end that accepted it sees it. */
export interface PeerConnection {
  readonly peerPort: number;
  readonly ownPort: number;
}

/** Asks the system about processes. Never rejects: what cannot be known is null, or not in the list. */
export interface ProcessLookup {
  /** The process at the other end of the connection; null for one of another user, container or machine. */
  ofPeer(connection: PeerConnection): Promise<ProcessFacts | null>;
  /** The process that has this id now. */
  of(pid: number): Promise<ProcessFacts | null>;
  /** Those of the processes that have certainly ended. */
  ended<P extends ProcessId>(processes: readonly P[]): Promise<P[]>;
}

/** Whether the system starts this Holdfast when the user logs in. */
export interface StartAtLogin {
  get(): LoginStart;
  /**
   * Switches it on or off; does nothing if it is so already.
   * @throws HoldfastError `invalid_input` where it is not possible, `storage_unavailable` when it cannot be saved; both
   *   with a sentence that says what to do
   */
  set(enabled: boolean): LoginStart;
  /**
   * Call at a start: leads an entry that was switched on, and whose program is gone, to where Holdfast is now.
   * @returns whether that was needed
   */
  refresh(): boolean;
}
