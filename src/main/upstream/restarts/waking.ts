import { type Ms, SECOND } from '../../../shared/model/units';
import type { Clock } from '../../platform/ports';

/** How long after waking the network may still be coming back. */
const WAKING: Ms = 30 * SECOND;

/**
 * The time after the machine woke, in which failures say nothing about a server: the network may not be back, and half of
 * what was open is gone.
 */
export class Waking {
  private readonly clock: Pick<Clock, 'monotonic'>;
  private until: Ms = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.clock = clock;
  }

  /** Call when the machine has woken. */
  begin(): void {
    this.until = this.clock.monotonic() + WAKING;
  }

  /** How much of that time is left, in ms; 0 once it is over. */
  get left(): Ms {
    return Math.max(0, this.until - this.clock.monotonic());
  }
}

/** A machine that never sleeps, for what is used apart from it. */
export const NEVER_ASLEEP: Pick<Waking, 'left'> = { left: 0 };
