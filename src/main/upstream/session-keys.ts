import { hasEnded, isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { SessionRepository } from '../sessions/session-ports';

/** What is known of the session under a key: the id that it has, or that is reserved for it until it is made. */
export interface KeyedSession {
  /** The session was made, be it over by now. */
  readonly isMade: boolean;
  /** Nobody will come back to it. */
  readonly isOver: boolean;
  /** Since when nobody is there; null while somebody is, or when that is not known. */
  readonly lostAt: Ms | null;
}

export type SessionKeys = (sessionKey: string) => KeyedSession;

/** Looks keys up where sessions and transports are stored. */
export const storedSessionKeys =
  ({ sessions, transports }: Pick<SessionRepository, 'sessions' | 'transports'>): SessionKeys =>
  (key) => {
    const session = sessions.get(key)?.session;
    if (!session) return { isMade: false, isOver: !transports.reserves(key), lostAt: null };
    if (hasEnded(session.status)) return { isMade: true, isOver: true, lostAt: null };
    return { isMade: true, isOver: false, lostAt: isAttached(session.status) ? null : session.disconnected_at };
  };
