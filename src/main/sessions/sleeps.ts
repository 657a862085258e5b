import type { Ms } from '../../shared/model/units';

/** When the machine slept, by the time that is shown. */
export interface Sleep {
  readonly from: Ms;
  readonly to: Ms;
}

/** Sleeps that are remembered. A session is kept for a day or a few, so older ones concern nobody. */
const MOST = 500;

/** The latest sleeps of the machine. They never overlap. */
export class Sleeps {
  private readonly known: Sleep[];

  /** @param earlier - of earlier runs, oldest first */
  constructor(earlier: readonly Sleep[] = []) {
    this.known = earlier.slice(-MOST);
  }

  /** The part of a sleep that begins after the latest known one; empty if there is none. */
  uncovered({ from, to }: Sleep): Sleep {
    return { from: Math.min(to, Math.max(from, this.known.at(-1)?.to ?? 0)), to };
  }

  /** Adds the latest one, which nothing {@link uncovered} before. */
  add(sleep: Sleep): void {
    this.known.push(sleep);
    if (this.known.length > MOST) this.known.shift();
  }

  /** How much of the time between two moments the machine slept. */
  within(from: Ms, to: Ms): Ms {
    let sum = 0;
    for (let at = this.known.length - 1; at >= 0; at -= 1) {
      const sleep = this.known[at];
      if (!sleep || sleep.to <= from) break;
      sum += Math.max(0, Math.min(to, sleep.to) - Math.max(from, sleep.from));
    }
    return sum;
  }
}
