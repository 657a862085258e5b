import type { Session, Sharing } from '../../shared/contract/session';
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
  /** The session whose servers it uses while it is that one's guest; null or missing: its own. */
  readonly host?: string | null;
  /** The session that goes on with its servers, as it has ended while they were shared; null or missing: none. */
  readonly heir?: string | null;
  /** With which guest it shares its servers; null or missing: with none. */
  readonly sharing?: Sharing | null;
  /** Its own client is not there, whether or not another one uses its servers. */
  readonly isAway?: boolean;
}

export type SessionKeys = (sessionKey: string) => KeyedSession;

/** Looks keys up in the stores of sessions and transports. */
export const storedSessionKeys = ({
  sessions,
  transports,
}: Pick<SessionRepository, 'sessions' | 'transports'>): SessionKeys => {
  const livingOf = (id: string): Session | null => {
    const session = sessions.get(id)?.session;
    return session && !hasEnded(session.status) ? session : null;
  };
  return (key) => {
    const session = sessions.get(key)?.session;
    if (!session) {
      const client = transports.reservedFor(key);
      return { isMade: false, isOver: client === null, lostAt: null, client };
    }
    const { status, client_id: client, sharing } = session;
    const other = sharing?.role === 'host' ? livingOf(sharing.session_id) : null;
    if (hasEnded(status)) {
      if (!other) return { isMade: true, isOver: true, lostAt: null, client };
      return { isMade: true, isOver: false, ...standingOf([other]), client: other.client_id, heir: other.session_id };
    }
    return {
      isMade: true,
      isOver: false,
      ...standingOf(other ? [session, other] : [session]),
      client,
      host: sharing?.role === 'guest' ? (livingOf(sharing.session_id)?.session_id ?? null) : null,
      sharing: other ? sharing : null,
      isAway: !isAttached(status),
    };
  };
};

/** What becomes of processes that these sessions use: they are kept for as long as one of them would keep them. */
function standingOf(sessions: readonly Session[]): Pick<KeyedSession, 'lostAt' | 'isPinned'> {
  const lost = sessions.map(({ status, disconnected_at }) => (isAttached(status) ? null : disconnected_at));
  const known = lost.filter((at) => at !== null);
  return {
    lostAt: known.length < lost.length ? null : Math.max(...known),
    // An offer ends within minutes by itself.
    isPinned: sessions.some(({ pinned, offer }) => pinned || offer !== null),
  };
}
