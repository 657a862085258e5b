import type { Ms } from '../../../shared/model/units';

const FIRST: Ms = 100;
const MOST: Ms = 5_000;

/** Growing waits between tries that fail: each twice as long as the one before, up to five seconds, half of it by chance. */
export class Backoff {
  private next: Ms = FIRST;

  /** The time until the next try. */
  take(): Ms {
    const wait = this.next;
    this.next = Math.min(MOST, wait * 2);
    return wait / 2 + (Math.random() * wait) / 2;
  }

  /** A try went well. */
  reset(): void {
    this.next = FIRST;
  }
}
