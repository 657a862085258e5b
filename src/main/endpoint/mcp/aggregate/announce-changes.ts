import type { ServerSource } from '../../../mcp/server-source';
import type { FrontContext } from '../front-context';
import { LIST_CAPABILITIES, listChanged } from './lists/list-kinds';

/** More sessions than these, the least recently used ones, are not told. */
const MAX_TOLD = 500;

/**
 * Tells the sessions at the address of all servers when one is added, enabled, disabled or removed, also those that are away
 * for a moment and those that nothing is kept in memory for. The returned function ends that.
 */
export function announceChanges({ services, push }: FrontContext): () => void {
  const { servers: source } = services;
  let before = nameOf(source);
  return source.onChange(() => {
    const now = nameOf(source);
    if (now === before) return;
    before = now;
    for (const { session_id, server, era } of openSessions(services)) {
      // Those of the stateless era have streams of another kind.
      if (server !== null || era === 'stateless') continue;
      for (const capability of LIST_CAPABILITIES) push.push(session_id, listChanged(capability));
    }
  });
}

const nameOf = (source: ServerSource): string => source.offered().join();

const openSessions = ({ store }: FrontContext['services']) =>
  store.sessions.page({
    status: ['active', 'idle', 'disconnected'],
    include_probes: true,
    sort: 'last_activity',
    order: 'desc',
    limit: MAX_TOLD,
    offset: 0,
  }).sessions;
