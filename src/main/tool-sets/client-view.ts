import type { ClientView, HiddenReason } from '../../shared/contract/visibility';
import type { Hidden, ItemKind, VisibilityIndex } from '../../shared/model/visibility';

/** What a server listed last. */
interface Listed {
  readonly items: readonly { readonly kind: ItemKind; readonly name: string }[];
  readonly more: number;
}

/** What a client sees at the address of all servers, and why it does not see the rest. */
export function clientView(
  index: VisibilityIndex,
  client_id: string,
  servers: readonly { readonly server: string; readonly listed: Listed }[],
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
  return {
    set: viewer.set,
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
