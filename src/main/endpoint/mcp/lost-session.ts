import { isOfMany, type McpAddress } from '../../../shared/model/mcp-address';
import type { JsonRpcRequest, JsonRpcResponse } from '../../mcp/json-rpc';
import type { News } from '../../sessions/handover/lost-owners';
import { toldOnce } from '../../sessions/handover/where-it-went';
import { isOwnTool } from './own-tools/own-tool-names';

/** Whether a request must not be made by a client that does not know yet that its session went to another one. */
export const needsItsServers = (
  { method, params }: Pick<JsonRpcRequest, 'method' | 'params'>,
  server: McpAddress,
): boolean => method === 'tools/call' && !(isOfMany(server) && isOwnTool(params?.name));

/** The result in place of such a call. A model that goes on as if nothing had happened would do it to fresh servers. */
export const newsResult = ({ went }: News): NonNullable<JsonRpcResponse['result']> => ({
  content: [{ type: 'text', text: toldOnce(went) }],
  isError: true,
});
