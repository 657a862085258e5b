import {
  isObject,
  type JsonRpcNotification,
  type JsonRpcRequest,
  type JsonRpcResponse,
  type Params,
} from '../../../mcp/json-rpc';
import { mayHold } from '../../../mcp/message-text';
import { withClientMeta } from './named-in-meta';
import { clientName, clientUri } from './names';

/** Texts of which a result holds at least one if {@link renameResult} changes it, besides `_meta`. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  'resources/read': ['"uri"'],
  'tools/call': ['"resource', '"taskId"'],
  'prompts/get': ['"resource'],
  'tasks/get': ['"taskId"'],
  'tasks/cancel': ['"taskId"'],
  'tasks/result': ['"resource'],
};

/** Whether the response to such a request may hold something to rename. Long results are mostly text, which names nothing. */
export function mayBeRenamed(method: string, response: JsonRpcResponse): boolean {
  return mayHold(response, 'result', '"_meta"', ...(HINTS[method] ?? []));
}

/**
 * Replaces resource URIs and ids of tasks in a server's result, and what its `_meta` names, with ones the client can use.
 * Leaves everything else unchanged.
 * @param method - method of the request that the result answers
 */
export function renameResult(server: string, method: string, result: unknown): unknown {
  if (!isObject(result)) return result;
  return withClientMeta(server, renameContents(server, method, result));
}

function renameContents(server: string, method: string, result: Params): Params {
  if (method === 'resources/read') return withEach(result, 'contents', (content) => relocated(server, content));
  if (method === 'tools/call' || method === 'tasks/result') return renameCalled(server, result);
  if (method === 'tasks/get' || method === 'tasks/cancel') return withTaskName(server, result) as Params;
  if (method === 'prompts/get') return withEach(result, 'messages', (message) => renameMessage(server, message));
  return result;
}

function renameCalled(server: string, result: Params): Params {
  const renamed = withEach(result, 'content', (block) => renameBlock(server, block));
  if (isObject(result.task)) return { ...renamed, task: withTaskName(server, result.task) };
  return result.resultType === 'task' ? (withTaskName(server, renamed) as Params) : renamed;
}

/**
 * A task with the id that the client knows, and what came of it or what it asks, which the extension puts into it
 * (SEP-2663), in the client's names.
 */
export function withTaskName(server: string, task: unknown): unknown {
  if (!isObject(task) || typeof task.taskId !== 'string') return task;
  const { result, inputRequests } = task;
  const asked = (one: unknown) => {
    if (!isObject(one) || !isObject(one.params)) return one;
    const request = { jsonrpc: '2.0' as const, id: '', method: String(one.method), params: one.params };
    return { ...one, params: renameRequest(server, request).params };
  };
  return {
    ...task,
    taskId: clientName(server, task.taskId),
    ...(isObject(result) ? { result: renameResult(server, 'tools/call', result) } : {}),
    ...(isObject(inputRequests)
      ? { inputRequests: Object.fromEntries(Object.entries(inputRequests).map(([key, one]) => [key, asked(one)])) }
      : {}),
  };
}

/** Renames the resource, task or logger in a server's notification, and what its `_meta` names, for the client. */
export function renameNotification(server: string, message: JsonRpcNotification): JsonRpcNotification {
  const { method, params } = message;
  if (method === 'notifications/resources/updated') return { ...message, params: relocated(server, params) as Params };
  const isOfTask = method === 'notifications/tasks/status' || method === 'notifications/tasks';
  const known = withClientMeta(server, isOfTask ? (withTaskName(server, params) as Params | undefined) : params);
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
