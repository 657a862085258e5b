import type { JsonRpcResponse, RequestId } from '../../mcp/json-rpc';

/** The answer to a call of a tool that is held back: a result, which clients show to the model. */
export const heldBack = (id: RequestId, server: string, tool: string): JsonRpcResponse => {
  const what = `The tool "${tool}" of the server "${server}" has changed since it was used, and is held back.`;
  const text = `${what} Accept the change in the Servers view of Holdfast, or with: holdfast servers accept ${server}`;
  return { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }], isError: true } };
};
