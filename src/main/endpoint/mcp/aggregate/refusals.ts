import { type ErrorCode, HoldfastError } from '../../../../shared/errors';
import { isObject, type JsonRpcResponse, type Params, type RequestId, RPC, rpcError } from '../../../mcp/json-rpc';
import { noSuchTask } from '../tasks/own-tasks';

/** "Resource not found" (MCP 2025-11-25, resources, error handling). */
const RESOURCE_NOT_FOUND = -32002;
const METHOD_NOT_FOUND = -32601;
/** Code in an error's data that means nothing was sent, so the client may repeat the request. */
const UNAVAILABLE: ErrorCode = 'server_unavailable';

/** The request names something that no offered server has. */
export function noSuchThing(id: RequestId, method: string, params: Params = {}): JsonRpcResponse {
  if (method.startsWith('resources/')) {
    const { uri } = params;
    return rpcError(id, RESOURCE_NOT_FOUND, 'Resource not found. See resources/list for what there is.', { uri });
  }
  if (method.startsWith('tasks/')) return noSuchTask(id);
  const what = method === 'tools/call' ? 'tool' : 'prompt';
  return rpcError(
    id,
    RPC.invalidParams,
    `Unknown ${what}. It may belong to a server that was disabled or removed; see ${what}s/list for what there is.`,
  );
}

export const unknownMethod = (id: RequestId): JsonRpcResponse =>
  rpcError(id, METHOD_NOT_FOUND, 'Method not found. At the address of one server, /mcp/<server>, its own methods are.');

/** The request's server is unavailable. Nothing was sent to it. */
export function unavailable(id: RequestId, method: string, error: unknown): JsonRpcResponse {
  const { message } = error instanceof HoldfastError ? error : new HoldfastError('server_unavailable');
  return forModels(rpcError(id, RPC.serverError, message, { code: UNAVAILABLE }), method);
}

/**
 * Turns "server unavailable" into an error result when a tool was called. Clients show results to the model, which can
 * try something else or tell its user; a protocol error may end the model's turn. Other responses are left unchanged.
 */
export function forModels(response: JsonRpcResponse, method: string): JsonRpcResponse {
  const { error, ...rest } = response;
  if (method !== 'tools/call' || !isObject(error?.data) || error.data.code !== UNAVAILABLE) return response;
  return { ...rest, result: { content: [{ type: 'text', text: error.message }], isError: true } };
}

/** The server was lost while it worked on the request. */
export const takenAway = (id: RequestId, server: string | null): JsonRpcResponse =>
  rpcError(id, RPC.serverError, `The server "${server}" stopped during the call; its outcome is unknown.`);

export const interrupted = (id: RequestId): JsonRpcResponse =>
  rpcError(id, RPC.serverError, 'The call was interrupted by a restart of Holdfast; its outcome is unknown.');
