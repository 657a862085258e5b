import { isObject } from '../../../mcp/json-rpc';
import { clientName, clientUri, isAppUri, serverName, serverUri } from './names';

/** What a text in `_meta` names: a resource by its URI, or a tool, or a task. */
type Named = 'uri' | 'tool' | 'task';

/**
 * Where extensions name a server's resources and tools in `_meta`. Each path leads from `_meta` to a text, or to a list
 * of texts. Whatever is not here stays as it is, except that a `ui://` URI is a name wherever it stands.
 */
const PLACES: readonly (readonly [path: readonly string[], named: Named])[] = [
  // MCP Apps (SEP-1865), and the spelling of its drafts.
  [['ui', 'resourceUri'], 'uri'],
  [['ui/resourceUri'], 'uri'],
  // What a message belongs to (MCP 2025-11-25, tasks).
  [['io.modelcontextprotocol/related-task', 'taskId'], 'task'],
  // Apps SDK of OpenAI.
  [['openai/outputTemplate'], 'uri'],
];

/** Deeper parts of `_meta` stay as they are. */
const MAX_DEPTH = 16;

type Renames = Readonly<Record<Named, (text: string) => string>>;

/** Makes the names in a value's `_meta` ones that the client can use. The same reference if there are none. */
export const withClientMeta = <T>(server: string, value: T): T =>
  withMeta(value, {
    uri: (uri) => clientUri(server, uri),
    tool: (name) => clientName(server, name),
    task: (id) => clientName(server, id),
  });

/** The way back: names of this server become its own again. Those of others stay. */
export const withServerMeta = <T>(server: string, value: T): T =>
  withMeta(value, {
    uri: (uri) => ownName(server, serverUri(uri)) ?? uri,
    tool: (name) => ownName(server, serverName(name)) ?? name,
    task: (id) => ownName(server, serverName(id)) ?? id,
  });

const ownName = (server: string, named: { server: string; name: string } | null): string | null =>
  named?.server === server ? named.name : null;

function withMeta<T>(value: T, renames: Renames): T {
  if (!isObject(value) || !isObject(value._meta)) return value;
  let meta: unknown = withAppUris(value._meta, renames, 0);
  for (const [path, named] of PLACES) {
    // App URIs are renamed already, wherever they stand.
    meta = replacedAt(meta, path, (text) => (isAppUri(text) ? text : renames[named](text)));
  }
  return meta === value._meta ? value : { ...value, _meta: meta };
}

function withAppUris(value: unknown, renames: Renames, depth: number): unknown {
  if (typeof value === 'string') return isAppUri(value) ? renames.uri(value) : value;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value;
  const change = (one: unknown) => withAppUris(one, renames, depth + 1);
  if (Array.isArray(value)) {
    const changed = value.map(change);
    return changed.every((one, index) => one === value[index]) ? value : changed;
  }
  const changed = Object.entries(value).map(([key, one]) => [key, one, change(one)] as const);
  if (changed.every(([, before, after]) => before === after)) return value;
  return Object.fromEntries(changed.map(([key, , after]) => [key, after]));
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
