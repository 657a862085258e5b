import { ask, mustBe } from './http.mjs';

const PROTOCOL = '2025-11-25';

/**
 * A small MCP client over Streamable HTTP (revision 2025-11-25), as any program would write it with `fetch`.
 *
 * @typedef {object} McpClient
 * @property {string} transportId its `Mcp-Session-Id`
 * @property {(method: string, params?: unknown) => Promise<any>} request the result
 * @property {(name: string, args?: Record<string, unknown>) => Promise<any>} callTool the tool's result
 */

/**
 * @param {string} url
 * @param {string} key
 * @returns {Promise<McpClient>}
 */
export async function connectMcp(url, key) {
  const endpoint = `${url}/mcp`;
  let lastId = 0;
  /** @type {Record<string, string>} */
  let session = {};
  const post = (/** @type {unknown} */ body) =>
    ask(endpoint, {
      method: 'POST',
      key,
      body,
      headers: { accept: 'application/json, text/event-stream', ...session },
    });
  const request = async (/** @type {string} */ method, /** @type {unknown} */ params = {}) => {
    const id = ++lastId;
    const answer = await post({ jsonrpc: '2.0', id, method, params });
    mustBe(answer, 200);
    const reply = messagesOf(answer.body).find((message) => message?.id === id);
    if (!reply || reply.error) throw new Error(`${method} failed: ${reply?.error.message ?? 'there was no reply'}`);
    return { result: reply.result, headers: answer.headers };
  };
  const { result, headers } = await request('initialize', {
    protocolVersion: PROTOCOL,
    capabilities: {},
    clientInfo: { name: 'holdfast-bench', version: '1.0.0' },
  });
  const transportId = headers.get('mcp-session-id');
  if (!transportId) throw new Error('the answer to initialize has no Mcp-Session-Id');
  session = { 'mcp-session-id': transportId, 'mcp-protocol-version': result.protocolVersion };
  mustBe(await post({ jsonrpc: '2.0', method: 'notifications/initialized' }), 202);
  return {
    transportId,
    request: async (method, params) => (await request(method, params)).result,
    callTool: async (name, args = {}) => (await request('tools/call', { name, arguments: args })).result,
  };
}

/**
 * The messages of an answer: one as plain JSON, or those of an event stream that has ended.
 *
 * @param {any} body
 * @returns {any[]}
 */
function messagesOf(body) {
  if (typeof body !== 'string') return [body];
  return body
    .split(/\r?\n\r?\n/)
    .map((event) => event.match(/^data: ?(\S.*)$/m)?.[1])
    .filter((data) => data !== undefined)
    .map((data) => JSON.parse(data));
}
