import { isObject } from '../../../mcp/json-rpc';
import { clientName, clientUri, isAppUri } from './names';

/** What a name in `_meta` stands for. */
type Named = 'uri' | 'tool';

/**
 * Where extensions name a server's resources and tools in `_meta`. Each path leads from `_meta` to a text, or to a list
 * of texts. Whatever is not here stays as it is, except that a `ui://` URI is a name wherever it stands.
 */
const PLACES: readonly (readonly [path: readonly string[], named: Named])[] = [
  // MCP Apps (SEP-1865), and the spelling of its drafts.
  [['ui', 'resourceUri'], 'uri'],
  [['ui/resourceUri'], 'uri'],
  // Apps SDK of OpenAI.
  [['openai/outputTemplate'], 'uri'],
];

/** Deeper parts of `_meta` stay as they are. */
const MAX_DEPTH = 16;

/**
 * Makes the names in a value's `_meta` ones that the client can use. The same reference if there are none.
 * @param server - the server that the value comes from
 */
export function withClientMeta<T>(server: string, value: T): T {
  if (!isObject(value) || !isObject(value._meta)) return value;
  let meta: unknown = withAppUris(server, value._meta, 0);
  for (const [path, named] of PLACES) meta = replacedAt(meta, path, (text) => nameIn(server, named, text));
  return meta === value._meta ? value : { ...value, _meta: meta };
}

function nameIn(server: string, named: Named, text: string): string {
  if (named === 'tool') return clientName(server, text);
  // Done already, wherever it stands.
  return isAppUri(text) ? text : clientUri(server, text);
}

function withAppUris(server: string, value: unknown, depth: number): unknown {
  if (typeof value === 'string') return isAppUri(value) ? clientUri(server, value) : value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  if (Array.isArray(value)) {
    const renamed = value.map((one) => withAppUris(server, one, depth + 1));
    return renamed.every((one, index) => one === value[index]) ? value : renamed;
  }
  const entries = Object.entries(value).map(([key, one]) => [key, withAppUris(server, one, depth + 1), one] as const);
  return entries.every(([, renamed, one]) => renamed === one)
    ? value
    : Object.fromEntries(entries.map(([key, renamed]) => [key, renamed]));
}

function replacedAt(value: unknown, path: readonly string[], rename: (text: string) => string): unknown {
  const [key, ...rest] = path;
  if (key === undefined) {
    if (Array.isArray(value)) return value.map((one) => (typeof one === 'string' ? rename(one) : one));
    return typeof value === 'string' ? rename(value) : value;
  }
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  const renamed = replacedAt(value[key], rest, rename);
  return renamed === value[key] ? value : { ...value, [key]: renamed };
}
