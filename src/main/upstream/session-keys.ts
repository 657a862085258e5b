import { hasEnded, isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { SessionRepository } from '../sessions/session-ports';

/** State of the session with a given key: its id, or the id reserved for it until the session is created. */
export interface KeyedSession {
  /** The session was created; it may have ended since. */
  readonly isMade: boolean;
  /** The session ended, or its reservation was given up: no client will come back to it. */
  readonly isOver: boolean;
  /** When its client disconnected, by the wall clock; null while one is attached, or if unknown. */
  readonly lostAt: Ms | null;
  /** A person wants its processes kept, whether or not its client is there: it is pinned, or offered to another client. */
  readonly isPinned?: boolean;
  /** The client that it belongs to; null or missing if it is not known. */
  readonly client?: string | null;
}

export type SessionKeys = (sessionKey: string) => KeyedSession;

/** Looks keys up in the stores of sessions and transports. */
export const storedSessionKeys =
  ({ sessions, transports }: Pick<SessionRepository, 'sessions' | 'transports'>): SessionKeys =>
  (key) => {
    const session = sessions.get(key)?.session;
    if (!session) {
      const client = transports.reservedFor(key);
      return { isMade: false, isOver: client === null, lostAt: null, client };
    }
    const { status, client_id: client, disconnected_at, pinned, offer } = session;
    // An offer ends within minutes by itself.
    const isPinned = pinned || offer !== null;
    if (hasEnded(status)) return { isMade: true, isOver: true, lostAt: null, client };
    return { isMade: true, isOver: false, lostAt: isAttached(status) ? null : disconnected_at, client, isPinned };
  };
