import { said } from '../../shared/messages/said';
import { DOCTOR_CLIENT } from '../../shared/model/own-clients';
import { ask, type Unchecked } from '../platform/ask';
import { must, mustBe } from './failure';

const PROTOCOL = '2025-11-25';

/** A minimal MCP client over Streamable HTTP (MCP 2025-11-25), like one that any program could write with `fetch`. */
export interface McpClient {
  /** Its `Mcp-Session-Id`. */
  readonly transportId: string;
  /** Sends a request and resolves with its result. */
  request(method: string, params?: unknown): Promise<Unchecked>;
  /** Calls a tool and resolves with its result, which may be an error. */
  callTool(name: string, args?: Record<string, unknown>): Promise<Unchecked>;
}

/**
 * Connects with `initialize` and `notifications/initialized`. This and the client's methods throw alike.
 * @throws Failure for an unexpected response, HoldfastError `unreachable` for none
 */
export async function connectMcp(url: string, key: string, path = '/mcp'): Promise<McpClient> {
  const endpoint = url + path;
  let lastId = 0;
  let session: Record<string, string> = {};
  const post = (body: unknown) =>
    ask(endpoint, {
      method: 'POST',
      key,
      body,
      headers: { accept: 'application/json, text/event-stream', ...session },
    });
  const request = async (method: string, params: unknown = {}) => {
    const id = ++lastId;
    const answer = await post({ jsonrpc: '2.0', id, method, params });
    mustBe(answer, 200);
    const reply = messagesOf(answer.body).find((message) => message?.id === id);
    must(reply, said('said.check.no_reply', { method }));
    must(!reply.error, () => said('said.check.method_failed', { method, why: reply.error.message }));
    return { result: reply.result, headers: answer.headers };
  };
  const { result, headers } = await request('initialize', {
    protocolVersion: PROTOCOL,
    capabilities: {},
    clientInfo: { name: DOCTOR_CLIENT, version: '1.0.0' },
  });
  const transportId = headers.get('mcp-session-id');
  must(transportId, said('said.check.no_session_id'));
  session = { 'mcp-session-id': transportId, 'mcp-protocol-version': result.protocolVersion };
  mustBe(await post({ jsonrpc: '2.0', method: 'notifications/initialized' }), 202);
  return {
    transportId,
    request: async (method, params) => (await request(method, params)).result,
    callTool: async (name, args = {}) => (await request('tools/call', { name, arguments: args })).result,
  };
}

/** The messages of a response: one as plain JSON, or those of a finished event stream, whose first event is empty. */
function messagesOf(body: Unchecked): Unchecked[] {
  if (typeof body !== 'string') return [body];
  return body
    .split(/\r?\n\r?\n/)
    .map((event) => event.match(/^data:(.*)$/m)?.[1]?.trim() ?? '')
    .filter((data) => data !== '')
    .map((data) => JSON.parse(data));
}
