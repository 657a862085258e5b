import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** @import { CallToolResult } from '@modelcontextprotocol/sdk/types.js' */

const CALL_MS = 20_000;

/**
 * Where a client connects to.
 *
 * @typedef {object} Target
 * @property {string} url
 * @property {boolean} [sse] the older transport, for a program that has no other
 * @property {Record<string, string>} [headers]
 * @property {string} [prefix] what the program puts before tool names
 *
 * @typedef {object} Session one client of the official SDK
 * @property {string | undefined} id its `Mcp-Session-Id`
 * @property {(tool: string, args?: Record<string, unknown>) => Promise<any>} call the text of the answer, parsed if it is JSON
 * @property {() => Promise<void>} drop goes away without ending the session
 * @property {() => Promise<void>} end ends the session
 */

/**
 * @param {Target} target
 * @param {string} [id] continues this session, without a handshake
 * @returns {Promise<Session>}
 */
export async function connect({ url, sse = false, headers = {}, prefix = '' }, id) {
  const client = new Client({ name: 'bench-peers', version: '1.0.0' });
  client.onerror = () => {};
  const transport = sse
    ? new SSEClientTransport(new URL(url))
    : new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers }, sessionId: id });
  await client.connect(transport, { timeout: CALL_MS });
  return {
    get id() {
      return transport instanceof StreamableHTTPClientTransport ? transport.sessionId : undefined;
    },
    async call(tool, args = {}) {
      const params = { name: prefix + tool, arguments: args };
      const { content, isError } = /** @type {CallToolResult} */ (
        await client.callTool(params, undefined, { timeout: CALL_MS })
      );
      const [first] = content;
      const text = first?.type === 'text' ? first.text : '';
      if (isError) throw new Error(text);
      return parsed(text);
    },
    drop: () => client.close(),
    async end() {
      if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession().catch(() => {});
      await client.close();
    },
  };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
