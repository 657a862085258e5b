import { isObject, type Params } from '../../../../mcp/json-rpc';
import { clientName, clientTitle, clientUri } from '../names';
import { isPrompt, isResource, isResourceTemplate, isTool } from './list-items';

/** A list that servers answer in pages, as it is merged. */
export interface ListKind {
  /** Field of the result that holds the items. */
  readonly key: string;
  /** The capability that a server which has such a list declares. */
  readonly capability: ListCapability;
  /** Whether clients take it: a server may list anything. */
  readonly isItem: (item: unknown) => boolean;
  /** An item of a server as the client sees it. */
  readonly rename: (server: string, item: unknown) => unknown;
}

export type ListCapability = 'tools' | 'resources' | 'prompts';

export const LIST_CAPABILITIES: readonly ListCapability[] = ['tools', 'resources', 'prompts'];

/** The notification by which a server says that what it lists has changed. */
export const listChanged = (capability: ListCapability) => ({
  jsonrpc: '2.0' as const,
  method: `notifications/${capability}/list_changed`,
});

/** By method (MCP 2025-11-25, server features: tools, prompts, resources). */
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

/** The list that a method asks for; null when it asks for none. */
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

/** What a client would show for the item (MCP 2025-11-25, base metadata): else it would show a name made for programs. */
function titleOf(item: Params): string | null {
  const annotations = isObject(item.annotations) ? item.annotations : {};
  const title = [item.title, annotations.title, item.name].find((text) => typeof text === 'string' && text !== '');
  return typeof title === 'string' ? title : null;
}
