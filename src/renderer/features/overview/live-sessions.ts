import type { Session } from '../../../shared/contract/session';
import { isFlapping } from '../../../shared/model/evolve';
import { hasEnded, isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';

/** 0 asks for attention, 1 is attached, 2 waits for its client. */
function rank(session: Session, now: Ms): number {
  if (isFlapping(session, now) || session.degraded) return 0;
  return isAttached(session.status) ? 1 : 2;
}

/**
 * The sessions that the overview lists: not ended, no probes; what asks for attention first, then the newest. Traffic does
 * not change the order, so rows stand still.
 */
export function liveSessions(sessions: readonly Session[], now: Ms): readonly Session[] {
  return sessions
    .filter((session) => !session.probe && !hasEnded(session.status))
    .map((session) => ({ session, rank: rank(session, now) }))
    .sort((a, b) => a.rank - b.rank || b.session.created_at - a.session.created_at)
    .map(({ session }) => session);
}
