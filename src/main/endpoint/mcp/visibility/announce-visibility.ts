import { isOfMany, type McpAddress } from '../../../../shared/model/mcp-address';
import { changedKinds, type ItemKind } from '../../../../shared/model/visibility';
import type { Services } from '../../../services';
import { type KnownLists, listedServers } from '../aggregate/lists/known-lists';
import { listChanged } from '../aggregate/lists/list-kinds';
import { openSessions, type TellSession } from '../aggregate/open-sessions';
import { foundIn } from '../search/found-tools';

const LIST_OF = { tool: 'tools', prompt: 'prompts', resource: 'resources' } as const;

/**
 * Tells sessions of a change of what their client sees, each of exactly the lists that are different for it now. Call the
 * returned function to stop.
 */
export function announceVisibility(
  services: Pick<Services, 'visibility' | 'servers' | 'store' | 'log'>,
  lists: Pick<KnownLists, 'has'>,
  tell: TellSession,
): () => void {
  return services.visibility.onChange((before, after) => {
    /** Nothing that such a session is listed can be hidden or shown. */
    const isNoNews = (sessionId: string, clientId: string, address: McpAddress) =>
      before.searches(clientId, address) &&
      after.searches(clientId, address) &&
      foundIn(services, sessionId).length === 0;
    const known = new Map<string, ItemKind[]>();
    const all = listedServers(services.servers, lists);
    for (const session of openSessions(services)) {
      const { client_id, server: address } = session;
      const key = JSON.stringify([client_id, address]);
      const servers = address === null || isOfMany(address) ? all : [address];
      const kinds = known.get(key) ?? changedKinds(before, after, client_id, address, servers);
      known.set(key, kinds);
      for (const kind of kinds) {
        if (kind === 'tool' && isNoNews(session.session_id, client_id, address)) continue;
        tell(session, listChanged(LIST_OF[kind]));
      }
    }
  });
}
