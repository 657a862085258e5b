import type { NewEvent } from '../contract/event';
import type { Session, SessionStatus, StatusBreakdown } from '../contract/session';

/** A client is connected: calls are answered without a reconnect. */
export const isAttached = (status: SessionStatus): boolean => status === 'active' || status === 'idle';

/** The session is over: nothing can bring it back. */
export const hasEnded = (status: SessionStatus): boolean => status === 'expired' || status === 'closed';

/** The session as its `session_created` event describes it. */
export function newSession(event: Extract<NewEvent, { kind: 'session_created' }>): Session {
  const { client_id, client_type, client_name, client_version, client_process, era, protocol_version, probe, server } =
    event.payload;
  return {
    session_id: event.session_id ?? '',
    client_id,
    client_type,
    client_name,
    client_version,
    client_process: client_process ?? null,
    era,
    protocol_version,
    // Events written before servers existed lack it.
    server: server ?? null,
    status: 'active',
    degraded: false,
    flapping: false,
    probe,
    pinned: false,
    offer: null,
    sharing: null,
    created_at: event.at,
    last_activity: event.at,
    disconnected_at: null,
    ended_at: null,
    reconnect_count: 0,
    last_reconnect_cause: null,
    recent_reconnects: [],
    calls: 0,
    errors: 0,
    recent_latencies: [],
    reconnect_expires_at: null,
  };
}

/** Sessions by status, without probes, which never count. */
export function countByStatus(sessions: Iterable<Session>): StatusBreakdown {
  const counts: StatusBreakdown = { active: 0, idle: 0, disconnected: 0, expired: 0, closed: 0 };
  for (const session of sessions) if (!session.probe) counts[session.status] += 1;
  return counts;
}
