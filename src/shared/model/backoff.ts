import type { Ms } from './units';

/** How the delays between tries grow. */
export interface BackoffOptions {
  /** Doubled with each try. */
  readonly first: Ms;
  /** No delay is longer, with jitter too. */
  readonly longest: Ms;
  /**
   * What chance makes of a delay, at least and at most, so that those who failed together do not come back together:
   * `[0.5, 1]` for half of it up to all of it. Without it a delay is not left to chance.
   */
  readonly jitter?: readonly [least: number, most: number];
  /** Chance makes no delay shorter than this. */
  readonly shortest?: Ms;
}

/**
 * The delay before the next try.
 * @param tries - that were made so far: 0 gives the first delay
 * @param chance - from 0 to 1
 */
export function backoff(options: BackoffOptions, tries: number, chance = 0): Ms {
  const { first, longest, jitter: [least, most] = [1, 1], shortest = 0 } = options;
  const base = Math.min(first * 2 ** tries, longest);
  const low = Math.max(base * least, shortest);
  return Math.min(low + (base * most - low) * chance, longest);
}
