import type { Session } from '../../../shared/contract/session';
import { isFlapping } from '../../../shared/model/evolve';
import { hasEnded, isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';

export interface LiveSessions {
  /** The first `limit` of them, in order. */
  readonly first: readonly Session[];
  readonly total: number;
}

/** 0 needs attention, 1 is attached, 2 is waiting for its client. */
function rank(session: Session, now: Ms): number {
  if (session.degraded || isFlapping(session, now)) return 0;
  return isAttached(session.status) ? 1 : 2;
}

/**
 * The sessions that the overview lists: not ended, no probes; those that need attention first, then the newest. Traffic does
 * not change the order, so rows stay put. Sorts no more than it shows, because it runs with every batch of the stream.
 */
export function liveSessions(sessions: Iterable<Session>, now: Ms, limit: number): LiveSessions {
  const best: { session: Session; rank: number }[] = [];
  let total = 0;
  for (const session of sessions) {
    if (session.probe || hasEnded(session.status)) continue;
    total += 1;
    const entry = { session, rank: rank(session, now) };
    const place = best.findIndex(
      (other) =>
        entry.rank < other.rank || (entry.rank === other.rank && session.created_at > other.session.created_at),
    );
    if (place >= 0) best.splice(place, 0, entry);
    else if (best.length < limit) best.push(entry);
    if (best.length > limit) best.pop();
  }
  return { first: best.map(({ session }) => session), total };
}
