import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BackoffOptions, backoff } from '#src/shared/model/backoff';

const DELAYS: BackoffOptions = { first: 100, longest: 1_000, jitter: [0.5, 1] };

describe('the delay before the next try', () => {
  test.each([
    [0, 100],
    [1, 200],
    [3, 800],
    [4, 1_000],
    [2_000, 1_000],
  ])('after %i tries is %i ms without jitter', (tries, delay) => {
    expect(backoff({ first: 100, longest: 1_000 }, tries)).toBe(delay);
    expect(backoff({ first: 100, longest: 1_000 }, tries, 1)).toBe(delay);
  });

  test.each([
    [0, 100],
    [0.5, 150],
    [1, 200],
  ])('is drawn evenly between its bounds: chance %d gives %i ms', (chance, delay) => {
    expect(backoff(DELAYS, 1, chance)).toBe(delay);
  });

  test.each([
    [0, 0, 250],
    [0, 1, 500],
    [5, 0, 250],
    [5, 0.5, 8_125],
    [5, 1, 16_000],
  ])('has a floor that does not grow: after %i tries, chance %d gives %i ms', (tries, chance, delay) => {
    expect(backoff({ first: 500, longest: 30_000, jitter: [0, 1], shortest: 250 }, tries, chance)).toBe(delay);
  });

  test('is never longer than the longest, also where jitter lengthens it', () => {
    expect(backoff({ first: 500, longest: 1_000, jitter: [0.8, 1.2] }, 0, 1)).toBe(600);
    expect(backoff({ first: 500, longest: 1_000, jitter: [0.8, 1.2] }, 1, 1)).toBe(1_000);
  });

  test('never shrinks from try to try, and grows with chance', () => {
    const chance = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.nat(40), chance, chance, (tries, one, other) => {
        expect(backoff(DELAYS, tries + 1, one)).toBeGreaterThanOrEqual(backoff(DELAYS, tries, one));
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(backoff(DELAYS, tries, more)).toBeGreaterThanOrEqual(backoff(DELAYS, tries, less));
      }),
    );
  });
});
