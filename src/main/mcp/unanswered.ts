import { MINUTE, type Ms } from '../../shared/model/units';
import { type JsonRpcResponse, type RequestId, RPC, rpcError } from './json-rpc';

/** How long a server's question waits for an answer, once no client waits for the call that asks it. */
export const QUESTION_LIFE: Ms = 10 * MINUTE;
export const NOBODY_ANSWERED = 'Nobody answered within 10 minutes.';

/** The answer to a question whose client is gone: for a person who was asked, that nobody chose anything. */
export const unanswered = (id: RequestId, method: string | null, sentence: string): JsonRpcResponse =>
  method === 'elicitation/create'
    ? { jsonrpc: '2.0', id, result: { action: 'cancel' } }
    : rpcError(id, RPC.serverError, sentence);
