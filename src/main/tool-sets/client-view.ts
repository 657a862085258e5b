import type { ClientView, HiddenReason } from '../../shared/contract/visibility';
import type { Hidden, ItemKind, VisibilityIndex } from '../../shared/model/visibility';
import { SEARCH_TOKENS } from './search/search-tools';

/** What a server listed last. */
interface Listed {
  readonly items: readonly { readonly kind: ItemKind; readonly name: string }[];
  readonly more: number;
}

/** What a client sees at the address of all servers, and why it does not see the rest. */
export function clientView(
  index: VisibilityIndex,
  client_id: string,
  servers: readonly {
    readonly server: string;
    readonly listed: Listed;
    /** What its tools take in a chat, by their names. */
    readonly sizes: ReadonlyMap<string, number>;
  }[],
): ClientView {
  const viewer = index.viewer(client_id, null);
  const seen = servers.map(({ server, listed }) => ({
    server,
    hidden: reasonOf(index.whyHiddenServer(viewer, server)),
    items: listed.items.map(({ kind, name }) => ({
      kind,
      name,
      hidden: reasonOf(index.whyHidden(viewer, { server, kind, name })),
    })),
    more: listed.more,
  }));
  const items = seen.flatMap((one) => one.items);
  const sees = (server: string, name: string) => index.whyHidden(viewer, { server, kind: 'tool', name }) === null;
  const listed = servers.flatMap(({ server, sizes }) =>
    [...sizes].map(([name, size]) => (sees(server, name) ? size : 0)),
  );
  return {
    set: viewer.set,
    search: index.searches(client_id, null),
    tokens: { listed: listed.reduce((sum, size) => sum + size, 0), search: SEARCH_TOKENS },
    servers: seen,
    shown: items.filter(({ hidden }) => hidden === null).length,
    all: items.length,
  };
}

function reasonOf(hidden: Hidden | null): HiddenReason | null {
  if (hidden === null) return null;
  if (hidden.by === 'set') return 'not_in_set';
  const whom = hidden.client ? 'for_client' : 'for_all';
  return hidden.whole ? `server_${whom}` : whom;
}
