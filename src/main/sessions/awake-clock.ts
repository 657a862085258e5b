import type { Ms } from '../../shared/model/units';
import type { Clock } from '../platform/ports';

/** Between two looks that are further apart than this, the machine slept or the process was stopped. */
const SLEPT: Ms = 15_000;

/**
 * The time in which a client could be heard: the monotonic clock without the time that the machine slept. Must be looked at
 * every few seconds while awake, which the tick does.
 */
export class AwakeClock {
  private readonly clock: Clock;
  private lookedAt: Ms;
  private asleep: Ms = 0;

  constructor(clock: Clock) {
    this.clock = clock;
    this.lookedAt = Math.floor(clock.monotonic());
  }

  /** In whole milliseconds, as what is stored must be. */
  now(): Ms {
    return Math.floor(this.exact());
  }

  /** With fractions, to measure with. */
  exact(): Ms {
    const monotonic = this.clock.monotonic();
    const whole = Math.floor(monotonic);
    const gap = whole - this.lookedAt;
    if (gap > SLEPT) this.asleep += gap;
    this.lookedAt = whole;
    return monotonic - this.asleep;
  }
}
