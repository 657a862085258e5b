import type { JsonRpcNotification, RequestId } from '../../mcp/json-rpc';

/** Takes a request back (MCP 2025-11-25, cancellation). */
export const cancelled = (requestId: RequestId, reason: string): JsonRpcNotification => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, reason },
});
