import { type BackoffOptions, backoff } from '../../../shared/model/backoff';
import { type Ms, SECOND } from '../../../shared/model/units';

const DELAYS: BackoffOptions = { first: 100, longest: 5 * SECOND, jitter: [0.5, 1] };

/** Exponential backoff between failed attempts: from 100 ms, doubled up to five seconds, with 50 % jitter. */
export class Backoff {
  private tries = 0;

  /** Counts a failed attempt and returns how long to wait before the next. */
  take(): Ms {
    const wait = backoff(DELAYS, this.tries, Math.random());
    this.tries += 1;
    return wait;
  }

  /** Starts over after an attempt that succeeded. */
  reset(): void {
    this.tries = 0;
  }
}
