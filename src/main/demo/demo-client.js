// @ts-check
// A small MCP client in a process of its own, which shows what a session survives. It reads one line from standard input,
// {"url", "key", "session"?}, opens a session or comes back to one, says so on standard output, and stays until it is ended.
import { createInterface } from 'node:readline';

const VERSION = '2025-11-25';
/** How long one answer may take, in ms. */
const LIMIT = 10_000;
/** The name by which Holdfast knows it; the same as in src/shared/contract/demo.ts. */
const NAME = 'holdfast-demo';

/** @typedef {{ url: string, key: string, session?: string }} Orders */

/**
 * @param {Orders} orders
 * @param {object} message
 * @returns {Promise<Response>}
 */
async function post({ url, key, session }, message) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': VERSION,
      ...(session === undefined ? {} : { 'mcp-session-id': session }),
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    signal: AbortSignal.timeout(LIMIT),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Holdfast answered ${response.status}: ${text.slice(0, 200)}`);
  return response;
}

/**
 * @param {Orders} orders
 * @returns {Promise<string>} the id of the transport
 */
async function open(orders) {
  const params = { protocolVersion: VERSION, capabilities: {}, clientInfo: { name: NAME, version: '1' } };
  const answer = await post(orders, { id: 1, method: 'initialize', params });
  const session = answer.headers.get('mcp-session-id');
  if (session === null) throw new Error('Holdfast gave no session id.');
  await post({ ...orders, session }, { method: 'notifications/initialized' });
  return session;
}

/** @param {Orders} orders */
async function live(orders) {
  const session = orders.session ?? (await open(orders));
  const { url, key } = orders;
  await post({ url, key, session }, { id: 2, method: 'tools/call', params: { name: 'health_check', arguments: {} } });
  // The open stream is what Holdfast sees end when this process is killed.
  const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream', 'mcp-session-id': session };
  const stream = await fetch(url, { headers: { ...headers, 'mcp-protocol-version': VERSION } });
  process.stdout.write(`${JSON.stringify({ session })}\n`);
  await stream.text().catch(() => {});
}

const input = createInterface({ input: process.stdin });
input.once('line', (line) => {
  live(JSON.parse(line)).catch((error) => {
    process.stdout.write(`${JSON.stringify({ problem: error instanceof Error ? error.message : String(error) })}\n`);
    process.exitCode = 1;
    input.close();
  });
});
// Whoever started this process has gone.
input.once('close', () => process.exit());
