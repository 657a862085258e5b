import { isObject, type Params } from '../../../../mcp/json-rpc';
import { clientName, clientTitle, clientUri } from '../names';
import { isPrompt, isResource, isResourceTemplate, isTool } from './list-items';

/** How to merge one kind of paginated list. */
export interface ListKind {
  /** Field of the result with the items. */
  readonly key: string;
  /** Capability declared by servers that offer this list. */
  readonly capability: ListCapability;
  /** Whether clients would accept the item. Servers may list anything. */
  readonly isItem: (item: unknown) => boolean;
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

/** List kinds by method (MCP 2025-11-25, server features: tools, prompts, resources). */
const LISTS: Readonly<Record<string, ListKind>> = {
  'tools/list': { key: 'tools', capability: 'tools', isItem: isTool, rename: renaming('name', clientName) },
  'prompts/list': { key: 'prompts', capability: 'prompts', isItem: isPrompt, rename: renaming('name', clientName) },
  'resources/list': {
    key: 'resources',
    capability: 'resources',
    isItem: isResource,
    rename: renaming('uri', clientUri),
  },
  'resources/templates/list': {
    key: 'resourceTemplates',
    capability: 'resources',
    isItem: isResourceTemplate,
    rename: renaming('uriTemplate', clientUri),
  },
};

/** The kind of list that a method requests; null when it requests none. */
export const listOf = (method: string): ListKind | null =>
  Object.hasOwn(LISTS, method) ? (LISTS[method] ?? null) : null;

function renaming(field: string, rename: (server: string, value: string) => string) {
  return (server: string, item: unknown): unknown => {
    if (!isObject(item) || typeof item[field] !== 'string') return item;
    const title = titleOf(item);
    return {
      ...item,
      ...(title === null ? {} : { title: clientTitle(server, title) }),
      [field]: rename(server, item[field]),
    };
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
