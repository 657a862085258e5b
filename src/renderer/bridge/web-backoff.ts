import { type BackoffOptions, backoff } from '../../shared/model/backoff';
import { type Ms, SECOND } from '../../shared/model/units';

const DELAYS: BackoffOptions = { first: SECOND / 2, longest: 30 * SECOND, jitter: [0, 1], shortest: SECOND / 4 };

/**
 * Exponential backoff with full jitter: each wait is drawn evenly between 0.25 s and a bound that starts at 0.5 s, doubles
 * with every call and ends at 30 s. Windows that lost the same server so never come back in one wave.
 */
export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  /** @param random - a number from 0 up to, not including, 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** How long to wait before the next try. */
  next(): Ms {
    const wait = backoff(DELAYS, this.#tries, this.#random());
    this.#tries += 1;
    return Math.round(wait);
  }

  /** The connection proved itself: the next wait is a short one again. */
  reset(): void {
    this.#tries = 0;
  }
}
