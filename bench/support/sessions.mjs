import { ask, mustBe } from './http.mjs';
import { connectMcp } from './mcp.mjs';

/**
 * @typedef {object} Address
 * @property {string} url
 * @property {string} key the admin key
 */

/**
 * @param {Address} address
 * @returns {Promise<{ client_id: string, client_key: string }>}
 */
export async function createClient({ url, key }) {
  const answer = await ask(`${url}/api/mcp/clients`, { method: 'POST', key, body: { name: 'bench', type: 'other' } });
  if (answer.status >= 300) throw new Error(`no client: ${answer.status} ${answer.body?.detail}`);
  return answer.body;
}

/**
 * One session, made as any client makes it: initialize, then a tool call.
 *
 * @param {string} url
 * @param {string} clientKey
 * @returns {Promise<import('./mcp.mjs').McpClient>}
 */
export async function createSession(url, clientKey) {
  const mcp = await connectMcp(url, clientKey);
  const { isError } = await mcp.callTool('health_check');
  if (isError) throw new Error('the tool health_check failed');
  return mcp;
}

/**
 * @param {Address} address
 * @returns {Promise<any[]>} the newest sessions, at most 100
 */
export async function listSessions({ url, key }) {
  const answer = await ask(`${url}/api/mcp/sessions`, { key });
  mustBe(answer, 200);
  return answer.body.sessions;
}
