import { describe, expect, test } from 'vitest';
import {
  afterCommonLoss,
  afterFailure,
  claimTry,
  delayBefore,
  mayStart,
  NO_FAILURES,
  type Restarts,
} from '#src/main/upstream/restarts/restart-policy';

const NO_CHANCE = 0.5;

/** What the failures at these moments lead to. */
const failedAt = (...moments: number[]): Restarts =>
  moments.reduce((before, at) => afterFailure(before, at, NO_CHANCE), NO_FAILURES);

describe('the delay before a try', () => {
  test.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [6, 16_000],
    [7, 30_000],
    [60, 30_000],
  ])('number %i is %i ms with even chance', (attempt, delay) => {
    expect(delayBefore(attempt, NO_CHANCE)).toBe(delay);
  });

  test.each([
    [0, 400],
    [1, 600],
  ])('varies by a fifth: chance %i gives %i ms', (chance, delay) => {
    expect(delayBefore(1, chance)).toBeCloseTo(delay);
  });

  test('is never longer than 30 s', () => {
    expect(delayBefore(7, 1)).toBe(30_000);
  });
});

describe('after a failure', () => {
  test('the next try comes after the delay, and earlier only for who needs it', () => {
    const restarts = failedAt(1_000);
    expect(restarts).toMatchObject({ attempt: 1, nextTryAt: 1_500, isOpen: false });
    expect(mayStart(restarts, 1_499, false)).toBe(false);
    expect(mayStart(restarts, 1_499, true)).toBe(true);
    expect(mayStart(restarts, 1_500, false)).toBe(true);
  });

  test('each failure in a row doubles the delay', () => {
    expect(failedAt(0, 1_000, 3_000)).toMatchObject({ attempt: 3, nextTryAt: 5_000 });
  });
});

describe('after the loss of everything at once', () => {
  test.each([
    [0, 1_400],
    [0.5, 3_700],
    [1, 6_000],
  ])('chance %d lets it come back at %i ms of its own, and no failure is counted', (chance, nextTryAt) => {
    expect(afterCommonLoss(NO_FAILURES, 1_000, chance)).toEqual({ ...NO_FAILURES, nextTryAt });
    expect(mayStart(afterCommonLoss(NO_FAILURES, 1_000, chance), 1_000, true)).toBe(true);
  });

  test('it does not come back sooner than its own failures allow', () => {
    const open = failedAt(0, 1, 2, 3, 4);
    expect(afterCommonLoss(open, 10, 0)).toEqual(open);
  });
});

describe('the circuit', () => {
  test('stays closed at four failures within a minute', () => {
    expect(failedAt(0, 1, 2, 3).isOpen).toBe(false);
  });

  test('opens at the fifth within a minute: then nothing is tried for half a minute, whoever needs it', () => {
    const restarts = failedAt(0, 1, 2, 3, 59_999);
    expect(restarts.isOpen).toBe(true);
    const next = restarts.nextTryAt ?? 0;
    expect(next - 59_999).toBeGreaterThanOrEqual(24_000);
    expect(next - 59_999).toBeLessThanOrEqual(30_000);
    expect(mayStart(restarts, next - 1, true)).toBe(false);
    expect(mayStart(restarts, next, false)).toBe(true);
  });

  test('does not open when the fifth comes a minute after the first', () => {
    expect(failedAt(0, 1, 2, 3, 60_000).isOpen).toBe(false);
  });

  test('lets one try through: who claims it keeps the others out', () => {
    const open = failedAt(0, 1, 2, 3, 4);
    const due = open.nextTryAt ?? 0;
    const claimed = claimTry(open, due);
    expect(mayStart(claimed, due, true)).toBe(false);
    expect(claimTry(failedAt(0), 10)).toEqual(failedAt(0));
  });

  test('opens again when that try fails, even when the others are long ago', () => {
    const open = failedAt(0, 1, 2, 3, 4);
    const later = afterFailure(claimTry(open, 100_000), 100_000, NO_CHANCE);
    expect(later).toMatchObject({ isOpen: true, attempt: 6 });
    expect(later.nextTryAt).toBeGreaterThan(100_000);
  });
});
