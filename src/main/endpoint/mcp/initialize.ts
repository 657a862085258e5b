import type { ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import { isObject, type JsonRpcRequest, type Params, RPC } from '../../mcp/json-rpc';
import { negotiate } from '../../mcp/protocol-versions';
import { sendJson } from '../refusal';
import { Refused } from './http';
import type { Parts } from './parts';

/** The parameters are kept with the transport, to initialize server ends with later. */
const MAX_PARAMS = 64 * 1024;
const MAX_NAME = 200;

/**
 * Answers `initialize`: opens a transport and tells its id. Whatever id the request came with belongs to a session that is
 * over for the client, so it is not looked at (MCP 2025-11-25, lifecycle and session management).
 * @throws Refused for parameters that do not fit; no transport is opened then
 */
export async function initialize(
  { services, relays }: Parts,
  request: JsonRpcRequest,
  client: Client,
  res: ServerResponse,
): Promise<void> {
  const params = request.params ?? {};
  const problem = problemOf(params);
  if (problem !== null) throw new Refused(400, problem, RPC.invalidParams);
  const { name, version } = params.clientInfo as { name: string; version: string };
  const protocol_version = negotiate(params.protocolVersion as string);
  const initialize_params = { ...params, protocolVersion: protocol_version };
  const record = services.manager.openTransport({
    client,
    server: null,
    era: 'sessionful',
    client_name: name.slice(0, MAX_NAME),
    client_version: version.slice(0, MAX_NAME),
    protocol_version,
    initialize_params,
  });
  const caller = { client, transport_id: record.transport_id };
  const said = await relays.of(record, client).initialize(initialize_params, caller);
  const result = { ...said, protocolVersion: protocol_version };
  sendJson(res, 200, { jsonrpc: '2.0', id: request.id, result }, { 'Mcp-Session-Id': record.transport_id });
}

/** What is wrong with the parameters, in words that say what to send; null when nothing is. */
function problemOf(params: Params): string | null {
  const { protocolVersion, capabilities, clientInfo } = params;
  if (typeof protocolVersion !== 'string') return 'initialize needs params.protocolVersion, a text.';
  if (!isObject(capabilities)) return 'initialize needs params.capabilities, an object.';
  if (!isObject(clientInfo) || typeof clientInfo.name !== 'string' || typeof clientInfo.version !== 'string') {
    return 'initialize needs params.clientInfo with name and version, both texts.';
  }
  return JSON.stringify(params).length > MAX_PARAMS ? 'The parameters of initialize are larger than 64 KiB.' : null;
}
