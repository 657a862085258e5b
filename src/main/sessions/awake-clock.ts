import type { Ms } from '../../shared/model/units';
import type { Clock } from '../platform/ports';

/** If two readings are further apart than this, the machine slept or the process was suspended in between. */
const SLEPT: Ms = 15_000;

/**
 * The time during which a client could be heard: the monotonic clock minus the time the machine slept. It must be read
 * every few seconds while the machine is awake; the tick does that.
 */
export class AwakeClock {
  private readonly clock: Clock;
  private lookedAt: Ms;
  private asleep: Ms = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.lookedAt = Math.floor(clock.monotonic());
  }

  /** In whole milliseconds, as stored values must be. */
  now(): Ms {
    return Math.floor(this.exact());
  }

  /** In milliseconds with fractions, for measuring durations. */
  exact(): Ms {
    const monotonic = this.clock.monotonic();
    const whole = Math.floor(monotonic);
    const gap = whole - this.lookedAt;
    if (gap > SLEPT) this.asleep += gap;
    this.lookedAt = whole;
    return monotonic - this.asleep;
  }
}
