import type { Session } from '../../../../shared/contract/session';

/** The session of each client that began last, without probes. */
export function latestByClient(sessions: Iterable<Session>): ReadonlyMap<string, Session> {
  const latest = new Map<string, Session>();
  for (const session of sessions) {
    const known = latest.get(session.client_id);
    if (!session.probe && (!known || known.created_at < session.created_at)) latest.set(session.client_id, session);
  }
  return latest;
}
