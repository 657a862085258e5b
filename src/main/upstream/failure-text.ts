import { HoldfastError } from '../../shared/errors';
import { type JsonRpcResponse, type RequestId, RPC, rpcError } from '../mcp/json-rpc';
import type { ServerConfig } from './upstream-ports';

/** The answer to a request that no server has seen: unlike after one that was lost, it may be sent again. */
export const notSent = (id: RequestId, { message }: Error): JsonRpcResponse =>
  rpcError(id, RPC.serverError, message, { code: 'server_unavailable' });

/** What went wrong at a start: an expected failure is a sentence of its own, anything else goes on after the server's name. */
export function whyNotStarted(server: string, error: unknown): string {
  if (error instanceof HoldfastError) return `The server "${server}" could not be started. ${error.message}`;
  return `The server "${server}" ${error instanceof Error ? error.message : 'failed'}.`;
}

/** Shorter values are words like `true` and `info`: no secret, and part of many sentences. */
const SHORTEST_SECRET = 8;

/** What a server says, without values of its environment and headers that it may have repeated. */
export function withoutSecrets(text: string, target: ServerConfig['target']): string {
  const values = Object.values(target.kind === 'stdio' ? target.env : target.headers);
  // Of `Bearer <key>` the key alone is a secret too.
  const secrets = values
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((one) => one.length >= SHORTEST_SECRET);
  // The longest first, so that nothing is left of one that holds another.
  secrets.sort((a, b) => b.length - a.length);
  return secrets.reduce((safe, secret) => safe.replaceAll(secret, '•••'), text);
}
