import { isOfMany, type McpAddress } from '../../../../shared/model/mcp-address';
import { OWN_TOOLS } from '../../../mcp/own-tools';

export const isOwnTool = (name: unknown): boolean => Object.values<unknown>(OWN_TOOLS).includes(name);

/** `instructions` for every client, of MCP with or without sessions. */
export const OWN_INSTRUCTIONS =
  'Holdfast keeps this session alive over restarts and lost connections. ' +
  `Call ${OWN_TOOLS.info} for a reconnect token; to come back from a new connection, call ${OWN_TOOLS.reconnect} with it.`;

/** Tools whose results hold a reconnect token. These are never stored, so they are sent as plain JSON, however late. */
const WITH_TOKEN: ReadonlySet<unknown> = new Set([OWN_TOOLS.reconnect, OWN_TOOLS.info]);

interface Call {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Whether a call is for `reconnect_session`. At the address of one server, a tool of that name is that server's. */
export const isReconnect = ({ method, params }: Call, address: McpAddress): boolean =>
  isOfMany(address) && method === 'tools/call' && params?.name === OWN_TOOLS.reconnect;

/** Whether the result of a call contains a reconnect token, which must not be stored. */
export const answersWithToken = ({ method, params }: Call, address: McpAddress): boolean =>
  isOfMany(address) && method === 'tools/call' && WITH_TOKEN.has(params?.name);
