import { isObject, type Params } from '../../../../mcp/json-rpc';
import { type ListedKind, listedKind } from '../../../../mcp/lists/item-rules';
import type { ListedItem } from '../../../../mcp/lists/list-changes';
import { withClientMeta } from '../named-in-meta';
import { clientName, clientTitle, clientUri } from '../names';

/** How to merge one kind of paginated list. */
export interface ListKind {
  /** What its items are and what clients accept. Servers may list anything. */
  readonly kind: ListedKind;
  /** Capability declared by servers that offer this list. */
  readonly capability: ListCapability;
  /** Renames a server's item for the client. */
  readonly rename: (server: string, item: unknown) => unknown;
}

export type ListCapability = 'tools' | 'resources' | 'prompts';

export const LIST_CAPABILITIES: readonly ListCapability[] = ['tools', 'resources', 'prompts'];

/** The notification that the lists of this capability have changed. */
export const listChanged = (capability: ListCapability) => ({
  jsonrpc: '2.0' as const,
  method: `notifications/${capability}/list_changed`,
});

/** The capability of which this notification says that its lists have changed; undefined if it says no such thing. */
export const changedCapability = (method: string): ListCapability | undefined =>
  LIST_CAPABILITIES.find((capability) => listChanged(capability).method === method);

const CAPABILITIES: Readonly<Record<string, ListCapability>> = {
  'tools/list': 'tools',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/templates/list': 'resources',
};

/** The capability whose list holds an item. */
export const capabilityOf = ({ method }: Pick<ListedItem, 'method'>): ListCapability | undefined =>
  CAPABILITIES[method];

export const LIST_METHODS: readonly string[] = Object.keys(CAPABILITIES);

/** The kind of list that a method requests; null when it requests none. */
export function listOf(method: string): ListKind | null {
  const kind = listedKind(method);
  const capability = CAPABILITIES[method];
  if (!kind || !capability) return null;
  return { kind, capability, rename: renaming(kind.id, kind.id === 'name' ? clientName : clientUri) };
}

function renaming(field: string, rename: (server: string, value: string) => string) {
  return (server: string, item: unknown): unknown => {
    if (!isObject(item) || typeof item[field] !== 'string') return item;
    const title = titleOf(item);
    return withClientMeta(server, {
      ...item,
      ...(title === null ? {} : { title: clientTitle(server, title) }),
      [field]: rename(server, item[field]),
    });
  };
}

/**
 * The text a client would display (MCP 2025-11-25, base metadata): the title, or else the server's own name. Without a
 * title the client would display the prefixed name, which is made for programs.
 */
function titleOf(item: Params): string | null {
  const annotations = isObject(item.annotations) ? item.annotations : {};
  const title = [item.title, annotations.title, item.name].find((text) => typeof text === 'string' && text !== '');
  return typeof title === 'string' ? title : null;
}
