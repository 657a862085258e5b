import { hasEnded, isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { SessionRepository } from '../sessions/session-ports';

/** What became of a home. */
export interface HomeState {
  /** The session that it is, or the transport while it has none. */
  readonly id: string;
  /** Nobody will come back to it. */
  readonly isOver: boolean;
  /** Since when nobody is there; null while somebody is, or when that is not known. */
  readonly lostAt: Ms | null;
}

export type Homes = (home: string) => HomeState;

/** Looks homes up where sessions and transports are stored. */
export const storedHomes =
  (repository: Pick<SessionRepository, 'sessions' | 'transports'>): Homes =>
  (home) => {
    const transport = repository.transports.get(home);
    if (transport && transport.session_id === null)
      return { id: home, isOver: transport.ended_at !== null, lostAt: null };
    const id = transport?.session_id ?? home;
    const session = repository.sessions.get(id)?.session;
    if (!session || hasEnded(session.status)) return { id, isOver: true, lostAt: null };
    return { id, isOver: false, lostAt: isAttached(session.status) ? null : session.disconnected_at };
  };
