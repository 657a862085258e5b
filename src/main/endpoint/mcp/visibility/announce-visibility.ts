import { isOfMany } from '../../../../shared/model/mcp-address';
import { changedKinds, type ItemKind } from '../../../../shared/model/visibility';
import type { JsonRpcMessage } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import { listChanged } from '../aggregate/lists/list-kinds';
import { openSessions } from '../aggregate/open-sessions';

const LIST_OF = { tool: 'tools', prompt: 'prompts', resource: 'resources' } as const;

/**
 * Tells sessions of a change of what their client sees, each of exactly the lists that are different for it now. Call the
 * returned function to stop.
 *
 * @param push - sends a session a message that belongs to no request
 */
export function announceVisibility(
  services: Pick<Services, 'visibility' | 'servers' | 'store'>,
  push: (sessionId: string, message: JsonRpcMessage) => void,
): () => void {
  return services.visibility.onChange((before, after) => {
    const known = new Map<string, ItemKind[]>();
    for (const { session_id, client_id, server: address } of openSessions(services)) {
      const key = JSON.stringify([client_id, address]);
      const servers = address === null || isOfMany(address) ? services.servers.offered() : [address];
      const kinds = known.get(key) ?? changedKinds(before, after, client_id, address, servers);
      known.set(key, kinds);
      for (const kind of kinds) push(session_id, listChanged(LIST_OF[kind]));
    }
  });
}
