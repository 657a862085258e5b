import type { Session } from '../../../../shared/contract/session';
import { isOfMany, type McpAddress } from '../../../../shared/model/mcp-address';
import { changedKinds, type Item, type ItemKind, type VisibilityIndex } from '../../../../shared/model/visibility';
import { digestsOf, itemOf, type ListedItem } from '../../../mcp/lists/list-changes';
import type { Services } from '../../../services';
import { type KnownLists, listedServers } from '../aggregate/lists/known-lists';
import { listChanged } from '../aggregate/lists/list-kinds';
import { openSessions, type TellSession } from '../aggregate/open-sessions';
import { foundIn } from '../search/found-tools';

const LIST_OF = { tool: 'tools', prompt: 'prompts', resource: 'resources' } as const;
const METHODS_OF: Readonly<Record<ItemKind, readonly string[]>> = {
  tool: ['tools/list'],
  prompt: ['prompts/list'],
  resource: ['resources/list', 'resources/templates/list'],
};

/**
 * Tells sessions of a change of what their client sees, each of exactly the lists that are different for it now: a rule for
 * something that no server lists, or that a search has not found, is no change. Call the returned function to stop.
 */
export function announceVisibility(
  services: Pick<Services, 'visibility' | 'servers' | 'store' | 'log'>,
  lists: Pick<KnownLists, 'has' | 'hasListed' | 'pagesOf'>,
  tell: TellSession,
): () => void {
  return services.visibility.onChange((before, after) => {
    const change = new Change(services, lists, before, after);
    for (const session of openSessions(services)) {
      for (const kind of change.kindsFor(session)) tell(session, listChanged(LIST_OF[kind]));
    }
  });
}

/** One change of what is seen, for all sessions. */
class Change {
  private readonly services: Pick<Services, 'servers' | 'store' | 'log'>;
  private readonly lists: Pick<KnownLists, 'hasListed' | 'pagesOf'>;
  private readonly before: VisibilityIndex;
  private readonly after: VisibilityIndex;
  private readonly all: readonly string[];
  private readonly kinds = new Map<string, readonly ItemKind[]>();
  private readonly items = new Map<string, readonly ListedItem[]>();

  constructor(
    services: Pick<Services, 'servers' | 'store' | 'log'>,
    lists: Pick<KnownLists, 'has' | 'hasListed' | 'pagesOf'>,
    before: VisibilityIndex,
    after: VisibilityIndex,
  ) {
    this.services = services;
    this.lists = lists;
    this.before = before;
    this.after = after;
    this.all = listedServers(services.servers, lists);
  }

  /** The kinds of things of which the session is listed others now. */
  kindsFor({ session_id, client_id, server: address }: Session): ItemKind[] {
    const servers = address === null || isOfMany(address) ? this.all : [address];
    const ruled = this.ruled(client_id, address, servers);
    const searched = this.before.searches(client_id, address);
    const searches = this.after.searches(client_id, address);
    const found = searched && searches && ruled.includes('tool') ? foundIn(this.services, session_id) : null;
    const isFound = (server: string, tool: string | null) =>
      found?.some((one) => one.server === server && (tool === null || one.tool === tool)) ?? true;
    return ruled.filter((kind) => {
      if (kind === 'tool' && searched !== searches) return true;
      return servers.some((server) => {
        if (kind === 'tool' && !isFound(server, null)) return false;
        // What is not known to its end may be different.
        const isKnown = METHODS_OF[kind].every((method) => this.lists.hasListed(server, method));
        if (!isKnown) return this.ruled(client_id, address, [server]).includes(kind);
        return this.itemsOf(server).some(
          (item) =>
            item.kind === kind &&
            this.isTurned(client_id, address, { server, kind, name: item.name }) &&
            (kind !== 'tool' || (isFound(server, item.name) && !this.services.servers.heldBack(server, item.name))),
        );
      });
    });
  }

  private isTurned(client_id: string, address: McpAddress, item: Item): boolean {
    const [was, is] = [this.before, this.after].map(
      (index) => index.whyHidden(index.viewer(client_id, address), item) === null,
    );
    return was !== is;
  }

  /** The kinds that rules and sets may have changed, whatever is listed. */
  private ruled(client_id: string, address: McpAddress, servers: readonly string[]): readonly ItemKind[] {
    const key = JSON.stringify([client_id, address, servers]);
    const kinds = this.kinds.get(key) ?? changedKinds(this.before, this.after, client_id, address, servers);
    this.kinds.set(key, kinds);
    return kinds;
  }

  private itemsOf(server: string): readonly ListedItem[] {
    const items = this.items.get(server) ?? [...digestsOf(this.lists.pagesOf(server)).keys()].map(itemOf);
    this.items.set(server, items);
    return items;
  }
}
