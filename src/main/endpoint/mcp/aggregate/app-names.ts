import { isObject, type Params } from '../../../mcp/json-rpc';
import type { KnownLists } from './lists/known-lists';
import { isAppUri } from './names';

/** Pages of a list that are looked at. */
const MAX_PAGES = 64;

/**
 * The server that an app means. An app (MCP Apps, SEP-1865) knows its server's own names, and its client passes on what it
 * calls as it is. Null unless exactly one of these servers shows apps and has last listed what is named.
 */
export function serverOfApp(
  known: KnownLists,
  servers: readonly string[],
  method: string,
  params: Params = {},
): string | null {
  const found = servers.filter((server) => {
    const tools = listed(known, server, 'tools/list', 'tools');
    if (!tools.some(namesApp)) return false;
    if (method === 'tools/call') return tools.some(({ name }) => name === params.name);
    if (method !== 'resources/read' || typeof params.uri !== 'string' || !isAppUri(params.uri)) return false;
    const resources = listed(known, server, 'resources/list', 'resources');
    return resources.some(({ uri }) => uri === params.uri) || tools.some(({ _meta }) => has(_meta, params.uri, 0));
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

const namesApp = ({ _meta }: Params): boolean =>
  isObject(_meta) &&
  Object.keys(_meta).some((key) => key === 'ui' || key.startsWith('ui/') || key.startsWith('openai/'));

function listed(known: KnownLists, server: string, method: string, key: string): Params[] {
  const items: Params[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const result = known.get(server, method, cursor);
    const ofPage = result?.[key];
    if (Array.isArray(ofPage)) items.push(...ofPage.filter(isObject));
    if (typeof result?.nextCursor !== 'string') break;
    cursor = result.nextCursor;
  }
  return items;
}

const has = (value: unknown, text: unknown, depth: number): boolean =>
  value === text ||
  (typeof value === 'object' &&
    value !== null &&
    depth < 8 &&
    Object.values(value).some((one) => has(one, text, depth + 1)));
