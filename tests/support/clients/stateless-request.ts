import type { Json, Special } from './mcp-http';

/** The revision without sessions. */
const STATELESS = '2026-07-28';

const PREFIX = 'io.modelcontextprotocol/';

interface Said {
  readonly id?: string | number;
  readonly capabilities?: object;
  /** What else is in `_meta`. */
  readonly meta?: object;
}

/** What `McpHttp.post` takes for a request of the revision without sessions (MCP 2026-07-28, transports, standard headers). */
export function statelessRequest(
  method: string,
  params: Json = {},
  { id = 1, capabilities = {}, meta = {} }: Said = {},
): [message: Json, special: Special & { readonly headers: NonNullable<Special['headers']> }] {
  const _meta = { [`${PREFIX}protocolVersion`]: STATELESS, [`${PREFIX}clientCapabilities`]: capabilities, ...meta };
  const name = params.name ?? params.uri ?? params.taskId ?? null;
  const headers = { 'MCP-Protocol-Version': STATELESS, 'Mcp-Method': method, 'Mcp-Name': name };
  return [{ jsonrpc: '2.0', id, method, params: { ...params, _meta } }, { headers }];
}
