import { type JsonRpcResponse, type RequestId, RPC, rpcError } from '../../../mcp/json-rpc';

/** MCP 2025-11-25, logging, log levels. */
const LOG_LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

export const isLogLevel = (level: unknown): level is string => LOG_LEVELS.some((known) => known === level);

export const noSuchLevel = (id: RequestId): JsonRpcResponse =>
  rpcError(id, RPC.invalidParams, `Unknown level. Send one of ${LOG_LEVELS.join(', ')}.`);
