import type { Session } from '../../../shared/contract/session';
import { hasEnded } from '../../../shared/model/session';

/** How many sessions of each client have not ended, without probes. */
export function openByClient(sessions: Iterable<Session>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { client_id, status, probe } of sessions) {
    if (!probe && !hasEnded(status)) counts.set(client_id, (counts.get(client_id) ?? 0) + 1);
  }
  return counts;
}
