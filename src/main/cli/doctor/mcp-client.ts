import { ask, type Unchecked } from '../http';
import { must, mustBe } from './failure';

const PROTOCOL = '2025-11-25';

/** A small MCP client over Streamable HTTP (revision 2025-11-25), as any program would write it with `fetch`. */
export interface McpClient {
  /** Its `Mcp-Session-Id`. */
  readonly transportId: string;
  /** The result of a request. */
  request(method: string, params?: unknown): Promise<Unchecked>;
  /** The tool's result. */
  callTool(name: string, args?: Record<string, unknown>): Promise<Unchecked>;
}

/** @throws Failure when the answers are not what they should be; HoldfastError `unreachable` when there are none */
export async function connectMcp(url: string, key: string): Promise<McpClient> {
  const endpoint = `${url}/mcp`;
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
    must(reply, `there was no reply to ${method}`);
    must(!reply.error, () => `${method} failed: ${reply.error.message}`);
    return { result: reply.result, headers: answer.headers };
  };
  const { result, headers } = await request('initialize', {
    protocolVersion: PROTOCOL,
    capabilities: {},
    clientInfo: { name: 'holdfast-doctor', version: '1.0.0' },
  });
  const transportId = headers.get('mcp-session-id');
  must(transportId, 'the answer to initialize has no Mcp-Session-Id');
  session = { 'mcp-session-id': transportId, 'mcp-protocol-version': result.protocolVersion };
  mustBe(await post({ jsonrpc: '2.0', method: 'notifications/initialized' }), 202);
  return {
    transportId,
    request: async (method, params) => (await request(method, params)).result,
    callTool: async (name, args = {}) => (await request('tools/call', { name, arguments: args })).result,
  };
}

/** The messages of an answer: one as plain JSON, or those of an event stream that has ended, whose first event has none. */
function messagesOf(body: Unchecked): Unchecked[] {
  if (typeof body !== 'string') return [body];
  return body
    .split(/\r?\n\r?\n/)
    .map((event) => event.match(/^data:(.*)$/m)?.[1]?.trim() ?? '')
    .filter((data) => data !== '')
    .map((data) => JSON.parse(data));
}
