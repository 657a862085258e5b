import type { ServerSource } from '../../../mcp/server-source';
import type { FrontContext } from '../front-context';
import { LIST_CAPABILITIES, listChanged } from './lists/list-kinds';

/** Only this many sessions are notified, the most recently used ones. */
const MAX_TOLD = 500;

/**
 * Sends list-changed notifications to the sessions at the address of all servers when a server is added, enabled,
 * disabled or removed. Includes disconnected sessions and those with nothing in memory. Call the returned function to
 * stop.
 */
export function announceChanges({ services, push }: FrontContext): () => void {
  const { servers: source } = services;
  let before = nameOf(source);
  return source.onChange(() => {
    const now = nameOf(source);
    if (now === before) return;
    before = now;
    for (const { session_id, server, era } of openSessions(services)) {
      // Sessions of the stateless era use a different kind of stream.
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
