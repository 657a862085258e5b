import { HoldfastError } from '../../shared/errors';
import { type JsonRpcResponse, type RequestId, RPC, rpcError } from '../mcp/json-rpc';

/** The answer to a request that no server has seen: unlike after one that was lost, it may be sent again. */
export const notSent = (id: RequestId, { message }: Error): JsonRpcResponse =>
  rpcError(id, RPC.serverError, message, { code: 'server_unavailable' });

/** What went wrong at a start: an expected failure is a sentence of its own, anything else goes on after the server's name. */
export function whyNotStarted(server: string, error: unknown): string {
  if (error instanceof HoldfastError) return `The server "${server}" could not be started. ${error.message}`;
  return `The server "${server}" ${error instanceof Error ? error.message : 'failed'}.`;
}
