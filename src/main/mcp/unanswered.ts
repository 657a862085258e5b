import { type JsonRpcResponse, type RequestId, RPC, rpcError } from './json-rpc';

/** The answer to a question whose client is gone: for a person who was asked, that nobody chose anything. */
export const unanswered = (id: RequestId, method: string | null, sentence: string): JsonRpcResponse =>
  method === 'elicitation/create'
    ? { jsonrpc: '2.0', id, result: { action: 'cancel' } }
    : rpcError(id, RPC.serverError, sentence);
