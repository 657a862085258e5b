import { type BackoffOptions, backoff } from '../../../shared/model/backoff';
import { type Ms, SECOND } from '../../../shared/model/units';

const DELAYS: BackoffOptions = { first: 100, longest: 5 * SECOND, jitter: [0.5, 1] };

/** Growing waits between tries that fail: each twice as long as the one before, up to five seconds, half of it by chance. */
export class Backoff {
  private tries = 0;

  /** The time until the next try. */
  take(): Ms {
    const wait = backoff(DELAYS, this.tries, Math.random());
    this.tries += 1;
    return wait;
  }

  /** A try went well. */
  reset(): void {
    this.tries = 0;
  }
}
