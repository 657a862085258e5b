import type { Ms } from '../../shared/model/units';
import type { Clock } from '../platform/ports';

/** When a request last came with a key that belongs to nobody. Keeps the time alone, never the key. */
export class UnknownKeys {
  private readonly clock: Pick<Clock, 'now'>;
  private at: Ms | null = null;

  constructor(clock: Pick<Clock, 'now'>) {
    this.clock = clock;
  }

  /** A request with an unknown key has arrived. */
  note(): void {
    this.at = this.clock.now();
  }

  /** Milliseconds since the Unix epoch; null when there was none since Holdfast started. */
  lastAt(): Ms | null {
    return this.at;
  }
}
