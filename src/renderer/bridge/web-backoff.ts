import { type Ms, SECOND } from '../../shared/model/units';

const SHORTEST: Ms = SECOND / 4;
const LONGEST: Ms = 30 * SECOND;

/**
 * Exponential backoff with full jitter: each wait is drawn evenly between 0.25 s and a bound that starts at 0.5 s, doubles
 * with every call and ends at 30 s. Windows that lost the same server so never come back in one wave.
 */
export class Backoff {
  readonly #random: () => number;
  #bound = 2 * SHORTEST;

  /** @param random - a number from 0 up to, not including, 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** How long to wait before the next try. */
  next(): Ms {
    const wait = SHORTEST + this.#random() * (this.#bound - SHORTEST);
    this.#bound = Math.min(LONGEST, this.#bound * 2);
    return Math.round(wait);
  }

  /** The connection proved itself: the next wait is a short one again. */
  reset(): void {
    this.#bound = 2 * SHORTEST;
  }
}
