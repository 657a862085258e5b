import type { Session } from '../../../shared/contract/session';
import { hasEnded } from '../../../shared/model/session';

/** Sessions of each client that have not ended, probes left out. */
export function openByClient(sessions: Iterable<Session>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { client_id, status, probe } of sessions) {
    if (!probe && !hasEnded(status)) counts.set(client_id, (counts.get(client_id) ?? 0) + 1);
  }
  return counts;
}
