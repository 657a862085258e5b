import type { FailingCalls } from '../../shared/contract/activity';
import type { Server } from '../../shared/contract/server';
import { areManyFailing, FAILING_SPAN, failingCandidates, isKnownTrouble } from '../../shared/model/failing-calls';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Clock } from '../platform/ports';
import type { ActivityReader } from './activity-ports';

/** An answer holds so long: the tray asks with every event. */
const HOLDS: Ms = 15 * SECOND;
/** Kinds whose calls are counted. */
const LOOKED_AT = 3;

export interface FailingCallsDeps {
  readonly reader: Pick<ActivityReader, 'failures' | 'lastFailedAt' | 'countCalls'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** The state that everybody is shown of a server; undefined when there is none of this name. */
  readonly stateOf: (server: string) => Server['state'] | undefined;
}

/** Which calls fail again and again, counted beside the work and not more often than every 15 s. */
export class FailingCallsWatch {
  private readonly deps: FailingCallsDeps;
  private known: { readonly at: Ms; readonly failing: Promise<FailingCalls | null> } | null = null;

  constructor(deps: FailingCallsDeps) {
    this.deps = deps;
  }

  /**
   * The kind with the most failures within the last hour that is worth telling; null if none is. What fails of a server that is
   * known to be in trouble is not, and hides no other.
   */
  current(): Promise<FailingCalls | null> {
    const { clock, reader } = this.deps;
    // Nothing is counted while nothing fails, so that the first failures are not missed for what was known before.
    if ((reader.lastFailedAt() ?? 0) < clock.now() - FAILING_SPAN) return Promise.resolve(null);
    const at = clock.monotonic();
    if (this.known && at - this.known.at < HOLDS) return this.known.failing;
    const failing = this.look();
    this.known = { at, failing };
    failing.catch(() => {
      this.known = null;
    });
    return failing;
  }

  private async look(): Promise<FailingCalls | null> {
    const { reader, clock, stateOf } = this.deps;
    const now = clock.now();
    const from = now - FAILING_SPAN;
    const { groups } = await reader.failures({ failed: true, from, limit: 20 });
    const told = groups.filter(({ server }) => server === null || !isKnownTrouble(stateOf(server)));
    for (const group of failingCandidates(told, now).slice(0, LOOKED_AT)) {
      const { group_id, count, server, method, name, outcome, error, pattern, last_at } = group;
      if (name === null) continue;
      const of = await reader.countCalls({ server, method, name, from });
      if (areManyFailing(count, of))
        return { group_id, count, of, server, name, outcome, error, pattern, last_at, from };
    }
    return null;
  }
}
