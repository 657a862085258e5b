// Prints what clients are sent of many tools, all listed and by search, and how often a search finds what is meant:
// node bench/tool-search.mjs, after a build. Twelve servers of ours list 120 tools as real servers of their kinds do; one is
// the reference server.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { estimateTokenCount } from 'tokenx';

/** @typedef {{ name: string, description?: string | undefined, inputSchema: object }} Tool */

// TypeScript takes no `.ts` in an import; Node takes nothing else.
const fixture = (/** @type {string} */ name) =>
  import(new URL(`../tests/support/tools/${name}.ts`, import.meta.url).href);
/** @type {readonly (readonly [query: string, tool: string])[]} */
const QUERIES = (await fixture('queries')).QUERIES;
/** @type {Readonly<Record<string, readonly Tool[]>>} */
const REALISTIC_TOOLS = (await fixture('realistic-tools')).REALISTIC_TOOLS;
const REFERENCE = 'node_modules/@modelcontextprotocol/server-everything/dist/index.js';
const LISTING = 'tests/support/servers/listing-server.mjs';
const PATIENCE = 60_000;

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/**
 * As clients send them to a model: like `TokenSizes` of the product.
 *
 * @param {readonly Tool[]} tools
 */
const tokensOf = (tools) =>
  tools.reduce((sum, { name, description, inputSchema }) => {
    return sum + estimateTokenCount(JSON.stringify({ name, description, input_schema: inputSchema }));
  }, 0);

/** @param {string} folder */
function configure(folder) {
  const listed = Object.entries(REALISTIC_TOOLS).map(([name, tools]) => {
    const file = join(folder, `${name}.tools.json`);
    writeFileSync(file, JSON.stringify({ tools }));
    return [name, { command: process.execPath, args: [resolve(LISTING)], env: { LISTING_FILE: file } }];
  });
  const reference = ['everything', { command: process.execPath, args: [resolve(REFERENCE), 'stdio'] }];
  const mcpServers = Object.fromEntries([...listed, reference]);
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers }));
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-tool-search-'));
const port = await freePort();
configure(folder);
const env = { ...process.env, HOLDFAST_PORT: `${port}`, HOLDFAST_DATA_DIR: folder, HOLDFAST_TRUST_SERVERS: '1' };
const host = spawn(process.execPath, ['scripts/headless.mjs'], { env, stdio: 'ignore' });
try {
  const url = `http://127.0.0.1:${port}`;
  const begun = performance.now();
  while (!(await fetch(`${url}/api/mcp/health`).catch(() => null))?.ok) {
    if (performance.now() - begun > PATIENCE)
      throw new Error('Holdfast does not start. Build it first: npm run build.');
    await delay(50);
  }
  const { admin_key } = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));
  const admin = { Authorization: `Bearer ${admin_key}`, 'Content-Type': 'application/json' };
  const body = JSON.stringify({ name: 'bench', type: 'other' });
  const made = await fetch(`${url}/api/mcp/clients`, { method: 'POST', headers: admin, body });
  const { client_id, client_key } = await made.json();
  const client = new Client({ name: 'bench', version: '1' });
  const requestInit = { headers: { Authorization: `Bearer ${client_key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
  const expected = Object.values(REALISTIC_TOOLS).flat().length;
  let all = (await client.listTools()).tools;
  const isWhole = () => all.length > expected && all.some(({ name }) => name.startsWith('everything__'));
  while (!isWhole()) {
    if (performance.now() - begun > PATIENCE) throw new Error(`Only ${all.length} tools were listed in a minute.`);
    await delay(200);
    all = (await client.listTools()).tools;
  }
  await fetch(`${url}/api/mcp/clients/${client_id}/set`, {
    method: 'PUT',
    headers: admin,
    body: JSON.stringify({ set: null, search: true }),
  });
  const two = (await client.listTools()).tools;
  const own = two.filter(({ name }) => name !== 'search_tools' && name !== 'call_tool');
  /** @type {{ query: string, tool: string, names: string[], tokens: number, ms: number }[]} */
  const asked = [];
  for (const [query, tool] of QUERIES) {
    const at = performance.now();
    const { content } = await client.callTool({ name: 'search_tools', arguments: { query } });
    const ms = performance.now() - at;
    const [{ text = '' } = {}] = /** @type {{ text?: string }[]} */ (content);
    /** @type {{ name: string }[]} */
    const tools = JSON.parse(text).tools;
    asked.push({ query, tool, names: tools.map(({ name }) => name), tokens: estimateTokenCount(text), ms });
  }
  const middle = (/** @type {number[]} */ values) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const within = (/** @type {number} */ most) =>
    asked.filter(({ tool, names }) => names.slice(0, most).includes(tool)).length;
  console.log(`tools of servers: ${all.length - own.length}`);
  console.log(`tokens, all listed: ${tokensOf(all)}, of these Holdfast's own: ${tokensOf(own)}`);
  console.log(`tokens, by search: ${tokensOf(two)}`);
  console.log(`questions with the right tool first: ${within(1)} of ${asked.length}, among five: ${within(5)}`);
  console.log(`tokens of an answer with five tools, median: ${middle(asked.map(({ tokens }) => tokens))}`);
  console.log(`time of a search, median: ${middle(asked.map(({ ms }) => ms)).toFixed(1)} ms`);
  for (const { query, tool, names } of asked) {
    if (!names.includes(tool)) console.log(`missed: "${query}" (${tool}): ${names.join(', ')}`);
  }
  await client.close();
} finally {
  const ended = new Promise((done) => host.once('exit', done));
  host.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
