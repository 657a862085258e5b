import { type McpAddress, serverIn } from '../../../../shared/model/mcp-address';
import type { JsonRpcRequest } from '../../../mcp/json-rpc';
import { serverName, serverUri } from '../aggregate/names';
import { isOwnTool } from '../own-tools/own-tool-names';

/** What is kept of a name. No tool that anybody knows has a longer one. */
export const MAX_NAME = 200;

/** A server, and its own name for a thing of its. */
export interface Target {
  readonly server: string;
  readonly name: string;
}

/** Whose thing a request names, and by which name its server knows it. Null for Holdfast's own tools. */
export function targetOf({ method, params }: JsonRpcRequest, address: McpAddress): Target | null {
  const { name, uri } = params ?? {};
  const one = serverIn(address);
  if (one !== null) return { server: one, name: String(name ?? uri ?? '') };
  if (typeof uri === 'string') return serverUri(uri);
  if (typeof name !== 'string' || (method === 'tools/call' && isOwnTool(name))) return null;
  return serverName(name);
}
