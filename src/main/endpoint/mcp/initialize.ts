import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { serverIn } from '../../../shared/model/mcp-address';
import { keepNumbers } from '../../mcp/exact-json';
import { isNothing, isObject, type JsonRpcRequest, type Params, RPC } from '../../mcp/json-rpc';
import { keptParams } from '../../mcp/kept-params';
import { textOf } from '../../mcp/message-text';
import { agreedVersion, negotiate } from '../../mcp/protocol-versions';
import type { InitializeResult } from '../../mcp/server-channel';
import type { TransportRecord } from '../../sessions/session-ports';
import { realPeerOf } from '../real-peer';
import { sendJsonText } from '../refusal';
import type { FrontContext } from './front-context';
import { Refused } from './http';

const MAX_PARAMS = 64 * 1024;
const MAX_NAME = 200;

/**
 * Answers `initialize`: opens a transport and returns its id. A session id sent with the request is ignored, since the
 * client has given up that session (MCP 2025-11-25, lifecycle and session management).
 * @param server - what the address names; at that of one server, its answer decides the revision
 * @throws Refused for invalid parameters
 * @throws HoldfastError when the server is unavailable. No transport is left open in either case.
 */
export async function initialize(
  context: FrontContext,
  request: JsonRpcRequest,
  server: string | null,
  client: Client,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const { services } = context;
  const params = withCapabilities(request.params ?? {});
  const problem = problemOf(params);
  if (problem !== null) throw new Refused(400, problem, RPC.invalidParams);
  const { name, version } = params.clientInfo as { name: string; version: string };
  const protocol_version = negotiate(params.protocolVersion as string);
  const initialize_params = keptParams({ ...params, protocolVersion: protocol_version });
  const record = services.manager.openTransport({
    client,
    server,
    era: 'sessionful',
    client_name: name.slice(0, MAX_NAME),
    client_version: version.slice(0, MAX_NAME),
    protocol_version,
    initialize_params,
  });
  const { transport_id } = record;
  services.clientProcesses.expect(record, req, realPeerOf(req.socket).port);
  const said = await initialized(context, record, client);
  const agreed = agreedVersion(protocol_version, said.protocolVersion);
  if (agreed !== protocol_version) services.manager.agreeOnVersion(transport_id, agreed);
  const result = keepNumbers(said, { ...said, protocolVersion: agreed });
  sendJsonText(res, 200, textOf({ jsonrpc: '2.0', id: request.id, result }), { 'Mcp-Session-Id': transport_id });
}

/** The server's answer. If the server is unavailable, the transport is ended, since nobody will learn its id. */
async function initialized(
  { services, relays }: FrontContext,
  record: TransportRecord,
  client: Client,
): Promise<InitializeResult> {
  const { transport_id, initialize_params, server } = record;
  try {
    return await relays.of(record).initialize(initialize_params, { client, transport_id });
  } catch (error) {
    if (services.manager.findTransport(transport_id, client.client_id)) services.manager.endTransport(transport_id);
    if (error instanceof HoldfastError || serverIn(server) === null) throw error;
    throw new HoldfastError('server_unavailable', undefined, { cause: error });
  }
}

/** The parameters with capabilities that no server stumbles over: some clients write null or `[]` for "nothing". */
function withCapabilities(params: Params): Params {
  const { capabilities } = params;
  if (isNothing(capabilities)) return { ...params, capabilities: {} };
  if (!isObject(capabilities) || !Object.values(capabilities).some(isNothing)) return params;
  const said = Object.entries(capabilities).filter(([, value]) => value !== null);
  return {
    ...params,
    capabilities: Object.fromEntries(said.map(([name, value]) => [name, isNothing(value) ? {} : value])),
  };
}

/** Says what is wrong with the parameters and what to send instead; null when they are fine. */
function problemOf(params: Params): string | null {
  const { protocolVersion, capabilities, clientInfo } = params;
  if (typeof protocolVersion !== 'string') return 'initialize needs params.protocolVersion, a text.';
  if (!isObject(capabilities)) return 'initialize needs params.capabilities, an object.';
  if (!isObject(clientInfo) || typeof clientInfo.name !== 'string' || typeof clientInfo.version !== 'string') {
    return 'initialize needs params.clientInfo with name and version, both texts.';
  }
  return JSON.stringify(params).length > MAX_PARAMS ? 'The parameters of initialize are larger than 64 KiB.' : null;
}
