import {
  isObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
} from '../../../mcp/json-rpc';
import { mayHold } from '../../../mcp/message-text';
import { withClientMeta } from './named-in-meta';
import { clientUri } from './names';

/** Texts of which a result holds at least one if {@link renameResult} changes it, besides `_meta`. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  'resources/read': ['"uri"'],
  'tools/call': ['"resource'],
  'prompts/get': ['"resource'],
};

/** Whether the response to such a request may hold something to rename. Long results are mostly text, which names nothing. */
export function mayBeRenamed(method: string, response: JsonRpcResponse): boolean {
  return mayHold(response, 'result', '"_meta"', ...(HINTS[method] ?? []));
}

/**
 * Replaces resource URIs in a server's result, and what its `_meta` names, with ones the client can use. Leaves everything
 * else unchanged.
 * @param method - method of the request that the result answers
 */
export function renameResult(server: string, method: string, result: unknown): unknown {
  if (!isObject(result)) return result;
  return withClientMeta(server, renameContents(server, method, result));
}

function renameContents(server: string, method: string, result: Params): Params {
  if (method === 'resources/read') return withEach(result, 'contents', (content) => relocated(server, content));
  if (method === 'tools/call') return withEach(result, 'content', (block) => renameBlock(server, block));
  if (method === 'prompts/get') return withEach(result, 'messages', (message) => renameMessage(server, message));
  return result;
}

/** Renames the resource or logger in a server's notification, and what its `_meta` names, for the client. */
export function renameNotification(server: string, message: JsonRpcNotification): JsonRpcNotification {
  const { method, params } = message;
  if (method === 'notifications/resources/updated') return { ...message, params: relocated(server, params) as Params };
  const known = withClientMeta(server, params);
  if (method === 'notifications/message') return { ...message, params: { ...known, logger: loggerOf(server, known) } };
  return known === params || known === undefined ? message : { ...message, params: known };
}

/** Renames the resources that a server's request shows to the client, and what its `_meta` names. */
export function renameRequest(server: string, message: JsonRpcRequest): JsonRpcRequest {
  const { method, params } = message;
  if (params === undefined) return message;
  const renameOne = (one: unknown) => renameMessage(server, one);
  const shown = method === 'sampling/createMessage' ? withEach(params, 'messages', renameOne) : params;
  return { ...message, params: withClientMeta(server, shown) };
}

const loggerOf = (server: string, params: Params | undefined): string =>
  typeof params?.logger === 'string' && params.logger !== '' ? `${server}/${params.logger}` : server;

/** Renames the resource in a content block (MCP 2025-11-25, tools: resource links and embedded resources). */
function renameBlock(server: string, block: unknown): unknown {
  if (!isObject(block)) return block;
  if (block.type === 'resource_link') return relocated(server, block);
  const known = withClientMeta(server, block);
  return block.type === 'resource' ? { ...known, resource: relocated(server, block.resource) } : known;
}

function renameMessage(server: string, message: unknown): unknown {
  if (!isObject(message)) return message;
  const { content } = message;
  const renamed = Array.isArray(content)
    ? content.map((block) => renameBlock(server, block))
    : renameBlock(server, content);
  return { ...message, content: renamed };
}

const relocated = (server: string, value: unknown): unknown =>
  isObject(value) && typeof value.uri === 'string'
    ? withClientMeta(server, { ...value, uri: clientUri(server, value.uri) })
    : value;

function withEach(result: Params, key: string, rename: (item: unknown) => unknown): Params {
  const items = result[key];
  return Array.isArray(items) ? { ...result, [key]: items.map(rename) } : result;
}
