import type { ListedItems } from '../../shared/contract/visibility';
import { HoldfastError } from '../../shared/errors';
import { listedItems } from '../mcp/lists/listed-items';
import type { Services } from '../services';
import { clientView } from '../tool-sets/client-view';
import type { Handlers } from './router';

type VisibilityMethod = Extract<keyof Handlers, `tools.${string}` | `sets.${string}`>;

/** The methods for what clients see of the servers. */
export function createVisibilityHandlers({
  visibility,
  clients,
  servers,
  store,
}: Services): Pick<Handlers, VisibilityMethod> {
  const listed = (server: string): ListedItems =>
    listedItems(store.serverLists.of(server), servers.fingerprintOf(server));
  return {
    'tools.visibility': () => {
      const { rules, sets, chosen } = visibility.index.state;
      return {
        rules: [...rules],
        sets: sets.map(({ name, parts }) => ({ name, parts: [...parts] })),
        chosen: [...chosen],
      };
    },
    'tools.items': ({ server }) => {
      if (servers.stateOf(server) === null) throw new HoldfastError('server_not_found');
      return listed(server);
    },
    'tools.of_client': ({ client_id }) => {
      clients.get(client_id);
      const offered = servers.offered().map((server) => ({ server, listed: listed(server) }));
      return clientView(visibility.index, client_id, offered);
    },
    'tools.set_shown': (change) => ({ undo: visibility.setShown(change) }),
    'tools.put_rules': ({ rules }) => ({ undo: visibility.putRules(rules) }),
    'sets.save': ({ name, parts, replaces }) => ({ ...visibility.saveSet(name, parts, replaces), parts }),
    'sets.remove': ({ name }) => {
      visibility.removeSet(name);
      return {};
    },
    'sets.choose': ({ client_id, set }) => {
      visibility.choose(client_id, set);
      return {};
    },
  };
}
