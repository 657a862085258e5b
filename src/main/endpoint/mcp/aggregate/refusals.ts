import { type ErrorCode, HoldfastError } from '../../../../shared/errors';
import { isObject, type JsonRpcResponse, type Params, type RequestId, RPC, rpcError } from '../../../mcp/json-rpc';

/** MCP 2025-11-25, resources, error handling. */
const RESOURCE_NOT_FOUND = -32002;
const METHOD_NOT_FOUND = -32601;
/** In the data of an error: nothing was sent, so the same request may be sent again. */
const UNAVAILABLE: ErrorCode = 'server_unavailable';

/** The client named something that no server offered here can have. */
export function noSuchThing(id: RequestId, method: string, params: Params = {}): JsonRpcResponse {
  if (method.startsWith('resources/')) {
    const { uri } = params;
    return rpcError(id, RESOURCE_NOT_FOUND, 'Resource not found. See resources/list for what there is.', { uri });
  }
  const what = method === 'tools/call' ? 'tool' : 'prompt';
  return rpcError(
    id,
    RPC.invalidParams,
    `Unknown ${what}. It may belong to a server that was disabled or removed; see ${what}s/list for what there is.`,
  );
}

export const unknownMethod = (id: RequestId): JsonRpcResponse =>
  rpcError(id, METHOD_NOT_FOUND, 'Method not found. At the address of one server, /mcp/<server>, its own methods are.');

/** The server that a request is for cannot be had. */
export function unavailable(id: RequestId, method: string, error: unknown): JsonRpcResponse {
  const { message } = error instanceof HoldfastError ? error : new HoldfastError('server_unavailable');
  return forModels(rpcError(id, RPC.serverError, message, { code: UNAVAILABLE }), method);
}

/**
 * That a server cannot be had is a result of the tool for whoever calls one: a model is shown that, and can go another way or
 * tell its user, while an error of the protocol may end the model's turn. All other errors stay what they are.
 */
export function forModels(response: JsonRpcResponse, method: string): JsonRpcResponse {
  const { error, ...rest } = response;
  if (method !== 'tools/call' || !isObject(error?.data) || error.data.code !== UNAVAILABLE) return response;
  return { ...rest, result: { content: [{ type: 'text', text: error.message }], isError: true } };
}

/** The server was taken away while it worked on a request. */
export const takenAway = (id: RequestId, server: string | null): JsonRpcResponse =>
  rpcError(id, RPC.serverError, `The server "${server}" stopped during the call; its outcome is unknown.`);

export const interrupted = (id: RequestId): JsonRpcResponse =>
  rpcError(id, RPC.serverError, 'The call was interrupted by a restart of Holdfast; its outcome is unknown.');
