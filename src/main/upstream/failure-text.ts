import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { notStartedText } from '../../shared/model/server-words';
import { type JsonRpcResponse, type RequestId, RPC, rpcError } from '../mcp/json-rpc';

/** The answer to a request that never reached a server. Unlike a lost request, it is safe to send again. */
export const notSent = (id: RequestId, { message }: Error): JsonRpcResponse =>
  rpcError(id, RPC.serverError, message, { code: 'server_unavailable' });

/**
 * Why a server did not start, as a sentence for a person. A `HoldfastError` brings its own sentence; any other message
 * continues one that starts with the server's name.
 */
export function whyNotStarted(server: string, error: unknown): string {
  if (error instanceof HoldfastError) return `${notStartedText(server)} ${error.message}`;
  const what = error instanceof Error ? error.message : said('said.server.failed');
  return said('said.server.named', { name: server, what });
}
