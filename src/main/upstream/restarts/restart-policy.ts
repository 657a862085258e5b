import { type BackoffOptions, backoff } from '../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';

/** From 0.5 s, doubling up to 30 s, with 20 % jitter either way. */
const DELAYS: BackoffOptions = { first: SECOND / 2, longest: 30 * SECOND, jitter: [0.8, 1.2] };
/** Servers lost together restart spread over this time. One that is needed sooner does not wait. */
const SPREAD: Ms = 5 * SECOND;
/** This many failures within `WINDOW` open the circuit. */
const FAILURES = 5;
const WINDOW: Ms = MINUTE;
/** An open circuit allows one attempt after this long. */
const OPEN: Ms = 30 * SECOND;
/** Shortens `OPEN` by up to this fraction: what failed together is not retried together. */
const OPEN_JITTER = 0.2;

/** Failures so far, and when to try again. Immutable; times are on the monotonic clock. */
export interface Restarts {
  /** Consecutive failures. */
  readonly attempt: number;
  /** Times of the latest failures, oldest first: at most five, all within one minute. */
  readonly failures: readonly Ms[];
  /** Earliest automatic attempt; null while nothing has failed. */
  readonly nextTryAt: Ms | null;
  /** Whether the circuit is open: no attempt at all before `nextTryAt`, then a single one. */
  readonly isOpen: boolean;
}

export const NO_FAILURES: Restarts = { attempt: 0, failures: [], nextTryAt: null, isOpen: false };

/**
 * Delay before attempt number `attempt`, counted from 1.
 * @param chance - from 0 to 1
 */
export const delayBefore = (attempt: number, chance: number): Ms => backoff(DELAYS, attempt - 1, chance);

/**
 * Counts a failure. The circuit opens at the fifth within a minute, and again when the single attempt it allows fails.
 * @param chance - from 0 to 1
 */
export function afterFailure(before: Restarts, now: Ms, chance: number): Restarts {
  const attempt = before.attempt + 1;
  const failures = [...before.failures.filter((at) => now - at < WINDOW), now].slice(-FAILURES);
  const isOpen = before.isOpen || failures.length >= FAILURES;
  const delay = isOpen ? OPEN * (1 - OPEN_JITTER * chance) : delayBefore(attempt, chance);
  return { attempt, failures, nextTryAt: now + delay, isOpen };
}

/**
 * Whether a start is allowed now: once its time has come, or earlier if it is needed and the circuit is closed.
 */
export function mayStart({ nextTryAt, isOpen }: Restarts, now: Ms, isNeeded: boolean): boolean {
  return nextTryAt === null || now >= nextTryAt || (isNeeded && !isOpen);
}

/**
 * For a server lost together with others, through no fault of its own. Counts no failure, and picks a random time
 * within the next 5 s to avoid starting dozens of programs at once.
 * @param chance - from 0 to 1
 */
export const afterCommonLoss = (before: Restarts, now: Ms, chance: number): Restarts => ({
  ...before,
  nextTryAt: Math.max(before.nextTryAt ?? 0, now + delayBefore(1, 0) + (SPREAD - delayBefore(1, 0)) * chance),
});

/** From 0.25 s, doubling up to 2 s: whoever waits for the network to come back should not wait much longer than for that. */
const WAKING_DELAYS: BackoffOptions = { first: SECOND / 4, longest: 2 * SECOND, jitter: [0.8, 1.2] };

/**
 * For a failure soon after the machine woke. Counts none, and tries again in short steps.
 * @param tries - failures since it woke
 * @param chance - from 0 to 1
 */
export const afterWakingFailure = (before: Restarts, now: Ms, tries: number, chance: number): Restarts => ({
  ...before,
  nextTryAt: now + backoff(WAKING_DELAYS, tries, chance),
});

/** When the machine has woken: whatever was planned is tried now, as what was in the way may be gone. */
export const afterWaking = (before: Restarts, now: Ms): Restarts => ({
  ...before,
  nextTryAt: before.nextTryAt === null ? null : Math.min(before.nextTryAt, now),
});

/** Claims the single attempt that an open circuit allows; nobody else can try in the meantime. */
export const claimTry = (restarts: Restarts, now: Ms): Restarts =>
  restarts.isOpen ? { ...restarts, nextTryAt: Math.max(restarts.nextTryAt ?? 0, now + OPEN) } : restarts;
