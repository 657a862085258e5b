import type { ListedItems } from '../../shared/contract/visibility';
import { HoldfastError } from '../../shared/errors';
import { listedItems } from '../mcp/lists/listed-items';
import type { Services } from '../services';
import { adviceOn } from '../tool-sets/advice';
import { clientView } from '../tool-sets/client-view';
import { TokenSizes } from '../tool-sets/token-sizes';
import type { Handlers } from './router';

type VisibilityMethod = Extract<keyof Handlers, `tools.${string}` | `sets.${string}`>;

/** The methods for what clients see of the servers. */
export function createVisibilityHandlers({
  visibility,
  toolUse,
  clients,
  servers,
  store,
}: Services): Pick<Handlers, VisibilityMethod> {
  const sizes = new TokenSizes();
  // As clients get them: what another entry of this name listed stays until this one has listed.
  const listsOf = (server: string) => (servers.stateOf(server) === null ? null : store.serverLists.of(server));
  const listed = (server: string) => listedItems(listsOf(server));
  const sizesOf = async (server: string) => {
    const lists = listsOf(server);
    return lists === null ? new Map<string, number>() : sizes.of(lists);
  };
  return {
    'tools.visibility': () => {
      const { rules, sets, chosen, searching } = visibility.index.state;
      return {
        rules: [...rules],
        sets: sets.map(({ name, parts }) => ({ name, parts: [...parts] })),
        chosen: [...chosen],
        searching: [...searching],
      };
    },
    'tools.items': async ({ server }) => {
      if (servers.stateOf(server) === null) throw new HoldfastError('server_not_found');
      const { items, more, changed_at } = listed(server);
      const [tokens, usage] = [await sizesOf(server), toolUse.of(server)];
      const measured = items.map((item): ListedItems['items'][number] => {
        const used = item.kind === 'tool' ? usage.tools.get(item.name) : undefined;
        return {
          ...item,
          tokens: item.kind === 'tool' ? (tokens.get(item.name) ?? null) : null,
          calls: used?.calls ?? 0,
          last_used: used?.last_used ?? null,
        };
      });
      return { items: measured, more, changed_at, days: usage.days };
    },
    'tools.advice': async () => {
      const given = servers.offered().map(async (server) => {
        return adviceOn(server, await sizesOf(server), toolUse.of(server), visibility.index);
      });
      const advice = (await Promise.all(given)).filter((one) => one !== null);
      return { advice: advice.sort((a, b) => b.tokens - a.tokens) };
    },
    'tools.of_client': async ({ client_id }) => {
      clients.get(client_id);
      // Clients see what a server listed before while it waits to be confirmed.
      const offered = new Set(servers.offered());
      const names = servers.enabled().filter((name) => offered.has(name) || store.serverLists.of(name) !== null);
      const seen = names.map(async (server) => ({ server, listed: listed(server), sizes: await sizesOf(server) }));
      return clientView(visibility.index, client_id, await Promise.all(seen));
    },
    'tools.set_shown': (change) => ({ undo: visibility.setShown(change) }),
    'tools.put_rules': ({ rules }) => ({ undo: visibility.putRules(rules) }),
    'sets.save': ({ name, parts, replaces }) => ({ ...visibility.saveSet(name, parts, replaces), parts }),
    'sets.remove': ({ name }) => {
      visibility.removeSet(name);
      return {};
    },
    'sets.choose': ({ client_id, set, search }) => {
      visibility.choose(client_id, set, search);
      return {};
    },
  };
}
