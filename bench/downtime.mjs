// Prints which absences of Holdfast a running call survives, and how long after the start its answer comes:
// node bench/downtime.mjs [seconds away ...], after a build.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const AWAY = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [0.5, 1, 4, 6, 12, 20, 25];
const RUNS_FOR = 3_000;
const GIVE_UP = 60_000;

/** A server with one tool, that answers after `ms`. */
const SERVER = `
  const say = (message) => console.log(JSON.stringify({ jsonrpc: '2.0', ...message }));
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id, method, params } = JSON.parse(line);
    const tools = [{ name: 'slow', inputSchema: { type: 'object' } }];
    if (method === 'initialize') say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} },
      serverInfo: { name: 'slow', version: '1' } } });
    else if (method === 'tools/list') say({ id, result: { tools } });
    else if (method === 'tools/call') setTimeout(() => say({ id, result: { content: [] } }), params.arguments.ms);
  });`;

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** @param {number} away - in seconds */
async function measure(away) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-downtime-'));
  const port = await freePort();
  const entry = { command: process.execPath, args: ['-e', SERVER] };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { slow: entry } }));
  const env = { ...process.env, HOLDFAST_PORT: `${port}`, HOLDFAST_DATA_DIR: folder, HOLDFAST_TRUST_SERVERS: '1' };
  const start = async () => {
    const host = spawn(process.execPath, ['scripts/headless.mjs'], { env, stdio: 'ignore' });
    while (!(await fetch(`http://127.0.0.1:${port}/api/mcp/health`).catch(() => null))?.ok) await delay(20);
    return host;
  };
  let host = await start();
  const { admin_key } = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));
  const made = await fetch(`http://127.0.0.1:${port}/api/mcp/clients`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${admin_key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'bench', type: 'other' }),
  });
  const headers = { Authorization: `Bearer ${(await made.json()).client_key}` };
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp/slow`), { requestInit: { headers } }),
  );
  const call = { name: 'slow', arguments: { ms: RUNS_FOR } };
  const answered = client.callTool(call, undefined, { timeout: GIVE_UP }).then(
    () => performance.now(),
    () => null,
  );
  await delay(1_000);
  host.kill('SIGKILL');
  await delay(away * 1_000);
  const back = performance.now();
  host = await start();
  const at = await answered;
  console.log(
    `away for ${away} s: ${at === null ? 'no answer' : `answer ${Math.round(at - back)} ms after the start`}`,
  );
  await client.close();
  const ended = new Promise((resolve) => host.once('exit', resolve));
  host.kill('SIGINT');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}

for (const away of AWAY) await measure(away);
