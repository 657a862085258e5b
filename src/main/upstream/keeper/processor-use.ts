import { type Ms, SECOND } from '../../../shared/model/units';

/** Looks that follow each other sooner than this would measure chance: the answer is that of the look before. */
const SHORTEST: Ms = SECOND;

interface Look {
  readonly at: Ms;
  readonly times: ReadonlyMap<string, Ms>;
  readonly percent: number | null;
}

/** Turns processor times, which only grow, into shares of one processor. Remembers one look for each server's process. */
export class ProcessorUse {
  private readonly now: () => Ms;
  private readonly looks = new Map<string, Look>();

  /** @param now - monotonic */
  constructor(now: () => Ms = () => performance.now()) {
    this.now = now;
  }

  /**
   * Percent of one processor that these processes took since the look before, to a tenth; more than 100 when they are busy on
   * several. Null at the first look.
   * @param times - processor time so far, by process
   */
  percentOf(id: string, times: ReadonlyMap<string, Ms>): number | null {
    const at = this.now();
    const before = this.looks.get(id);
    if (before && at - before.at < SHORTEST) return before.percent;
    const percent = before ? percentBetween(before, { at, times }) : null;
    this.looks.set(id, { at, times, percent });
    return percent;
  }

  /** Forgets all others. */
  keepOnly(ids: Pick<ReadonlySet<string>, 'has'>): void {
    for (const id of this.looks.keys()) if (!ids.has(id)) this.looks.delete(id);
  }
}

function percentBetween(before: Look, { at, times }: Pick<Look, 'at' | 'times'>): number {
  let used = 0;
  // A process that was not there before has spent all of its time since.
  for (const [key, time] of times) used += Math.max(0, time - (before.times.get(key) ?? 0));
  return Math.round((used / (at - before.at)) * 1000) / 10;
}
