import type { Ms } from '../../shared/model/units';
import type { UpstreamDeps } from './instance/instance-owner';

/** How long sessions have had no client. */
export class LostSessions {
  private readonly deps: Pick<UpstreamDeps, 'clock' | 'asleep'>;
  /** Sessions without a client: since when, by the wall clock (`at`) and by the monotonic clock (`since`). */
  private readonly lost = new Map<string, { readonly at: Ms; readonly since: Ms }>();

  constructor(deps: Pick<UpstreamDeps, 'clock' | 'asleep'>) {
    this.deps = deps;
  }

  forget(sessionKey: string): void {
    this.lost.delete(sessionKey);
  }

  /** How long the session has had no client, counting only time the machine was awake. */
  lostFor(sessionKey: string, lostAt: Ms | null): Ms {
    const { clock } = this.deps;
    const known = this.lost.get(sessionKey);
    if (lostAt === null) {
      this.lost.delete(sessionKey);
      return 0;
    }
    const now = clock.now();
    const awake = now - lostAt - (this.deps.asleep?.(lostAt, now) ?? 0);
    const since = known?.at === lostAt ? known.since : clock.monotonic() - Math.max(0, awake);
    this.lost.set(sessionKey, { at: lostAt, since });
    return clock.monotonic() - since;
  }
}
