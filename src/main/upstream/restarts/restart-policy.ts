import { type BackoffOptions, backoff } from '../../../shared/model/backoff';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';

/** 0.5 s doubled up to 30 s, and around that as much as chance wants. */
const DELAYS: BackoffOptions = { first: SECOND / 2, longest: 30 * SECOND, jitter: [0.8, 1.2] };
/** What fell together comes back over this time. Who needs one of it does not wait. */
const SPREAD: Ms = 5 * SECOND;
/** That many failures within this time open the circuit. */
const FAILURES = 5;
const WINDOW: Ms = MINUTE;
/** An open circuit lets one try through after this long. */
const OPEN: Ms = 30 * SECOND;
/** It may be shorter by so much, so that what failed together is not tried together. */
const OPEN_JITTER = 0.2;

/** How it stands with starting something that failed. Immutable; instants are of the monotonic clock. */
export interface Restarts {
  /** Failures in a row. */
  readonly attempt: number;
  /** When the failures of the last minute were, oldest first. */
  readonly failures: readonly Ms[];
  /** Before this moment nothing is tried without need; null while nothing failed. */
  readonly nextTryAt: Ms | null;
  /** Too much failed: until `nextTryAt` nothing is tried at all, then once. */
  readonly isOpen: boolean;
}

export const NO_FAILURES: Restarts = { attempt: 0, failures: [], nextTryAt: null, isOpen: false };

/**
 * Delay before try number `attempt`, counted from 1.
 * @param chance - from 0 to 1
 */
export const delayBefore = (attempt: number, chance: number): Ms => backoff(DELAYS, attempt - 1, chance);

/**
 * The circuit opens at the fifth failure within a minute, and again when the one try that it let through fails.
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
 * Whether something may be started now: at its time by itself, earlier only when somebody needs it, and while the circuit
 * is open not even then.
 */
export function mayStart({ nextTryAt, isOpen }: Restarts, now: Ms, isNeeded: boolean): boolean {
  return nextTryAt === null || now >= nextTryAt || (isNeeded && !isOpen);
}

/**
 * It fell, and everything beside it at the same moment, through no fault of its own: no failure is counted, and it comes back
 * at a moment of its own within the next 5 s, so that dozens of programs are not started at once.
 * @param chance - from 0 to 1
 */
export const afterCommonLoss = (before: Restarts, now: Ms, chance: number): Restarts => ({
  ...before,
  nextTryAt: Math.max(before.nextTryAt ?? 0, now + delayBefore(1, 0) + (SPREAD - delayBefore(1, 0)) * chance),
});

/** Claims the one try that an open circuit lets through, so that nobody else tries meanwhile. */
export const claimTry = (restarts: Restarts, now: Ms): Restarts =>
  restarts.isOpen ? { ...restarts, nextTryAt: Math.max(restarts.nextTryAt ?? 0, now + OPEN) } : restarts;
