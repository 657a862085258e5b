import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder, repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { freePort, headlessArguments } from '../support/headless.mjs';
import { ask } from '../support/http.mjs';
import { findRunning } from '../support/running.mjs';
import { createClient } from '../support/sessions.mjs';
import { connect } from './client.mjs';
import { processesWith } from './processes.mjs';
import { startProgram } from './program.mjs';

const LOOPBACK = ['--require', join(import.meta.dirname, 'loopback.cjs')];

/** The stdio servers that go behind each subject. */
const SERVERS = {
  everything: [join(packageFolder('@modelcontextprotocol/server-everything'), 'dist', 'index.js'), 'stdio'],
  bulk: [join(import.meta.dirname, 'bulk-server.mjs')],
  counter: [join(repositoryRoot, 'tests', 'support', 'servers', 'counter-server.mjs')],
};

/** A first call, by server. */
const READY = /** @type {const} */ ({
  everything: ['echo', { message: 'ready' }],
  bulk: ['bulk', { megabytes: 1 }],
  counter: ['peek', {}],
});

/**
 * @typedef {keyof typeof SERVERS} ServerName
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} title
 * @property {boolean} [ours]
 * @property {boolean} [onlyEverything] it is that server itself
 * @property {boolean} [onlyNumbers] it is not meant to survive anything
 * @property {(context: import('../support/context.mjs').Context, server: ServerName) => Promise<import('./program.mjs').Program>} start
 */

/**
 * @param {string} policy
 * @returns {Subject['start']}
 */
const holdfast = (policy) => async (context, server) => {
  const folder = await context.folder();
  const port = await freePort();
  const entry = { command: process.execPath, args: SERVERS[server], policy };
  await writeFile(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { [server]: entry } }));
  const target = { url: `http://127.0.0.1:${port}/mcp`, headers: {}, prefix: `${server}__` };
  const program = await startProgram(context, async () => ({
    args: headlessArguments(),
    env: {
      ...context.runtime.env,
      HOLDFAST_DATA_DIR: folder,
      HOLDFAST_PORT: String(port),
      HOLDFAST_TRUST_SERVERS: '1',
      // 50 sessions of one client keep a process each, which is more than one client gets by default.
      HOLDFAST_PROCESSES_PER_CLIENT: '64',
      HOLDFAST_PROCESSES_PER_SERVER: '64',
    },
    target,
    port,
    isReady: async () => existsSync(join(folder, 'endpoint.json')),
    // The keeper is not below it; it has a path in this folder among its arguments.
    owned: () => processesWith(join(folder, 'keeper')),
  }));
  const { url, admin_key: key } = findRunning(folder);
  const { client_key } = await createClient({ url, key });
  Object.assign(target.headers, { Authorization: `Bearer ${client_key}` });
  // As on any day after the client got its key: what only REST needs is not loaded.
  await program.restart();
  const first = await connect(target);
  const [tool, args] = READY[server];
  await first.call(tool, args);
  await first.end();
  return program;
};

/**
 * @param {string} modules where the peers are installed
 * @returns {Subject[]} in the order in which they are measured
 */
export function subjects(modules) {
  const peer = (/** @type {string[]} */ ...path) => join(modules, ...path);
  return [
    {
      name: 'direct',
      title: 'server-everything over HTTP, nothing in between',
      onlyEverything: true,
      async start(context) {
        const port = await freePort();
        const [file = ''] = SERVERS.everything;
        return startProgram(context, async () => ({
          args: [...LOOPBACK, file, 'streamableHttp'],
          env: { PORT: String(port) },
          target: { url: `http://127.0.0.1:${port}/mcp` },
          port,
        }));
      },
    },
    {
      name: 'bare',
      title: "bare front: Node's HTTP, ids swapped",
      onlyNumbers: true,
      async start(context, server) {
        const port = await freePort();
        const front = join(import.meta.dirname, 'bare-front.mjs');
        return startProgram(context, async () => ({
          args: [front, String(port), process.execPath, ...SERVERS[server]],
          target: { url: `http://127.0.0.1:${port}/mcp` },
          port,
        }));
      },
    },
    { name: 'holdfast-shared', title: 'Holdfast, shared', ours: true, start: holdfast('shared') },
    { name: 'holdfast-per-session', title: 'Holdfast, per session', ours: true, start: holdfast('per-session') },
    {
      name: 'mcp-proxy',
      title: 'mcp-proxy',
      async start(context, server) {
        const port = await freePort();
        const own = ['--host', '127.0.0.1', '--port', String(port), '--server', 'stream', '--'];
        return startProgram(context, async () => ({
          args: [peer('mcp-proxy', 'dist', 'bin', 'mcp-proxy.mjs'), ...own, process.execPath, ...SERVERS[server]],
          target: { url: `http://127.0.0.1:${port}/mcp` },
          port,
        }));
      },
    },
    {
      name: 'supergateway',
      title: 'supergateway, stateful',
      async start(context, server) {
        const port = await freePort();
        const stdio = [process.execPath, ...SERVERS[server]].map((word) => JSON.stringify(word)).join(' ');
        const own = ['--outputTransport', 'streamableHttp', '--stateful', '--port', String(port), '--logLevel', 'none'];
        return startProgram(context, async () => ({
          args: [...LOOPBACK, peer('supergateway', 'dist', 'index.js'), '--stdio', stdio, ...own],
          target: { url: `http://127.0.0.1:${port}/mcp` },
          port,
        }));
      },
    },
    {
      name: 'mcp-hub',
      title: 'mcp-hub (SSE)',
      async start(context, server) {
        const port = await freePort();
        const folder = await context.folder();
        const config = join(folder, 'hub.json');
        const entry = { command: process.execPath, args: SERVERS[server] };
        await writeFile(config, JSON.stringify({ mcpServers: { up: entry } }));
        return startProgram(context, async () => ({
          args: [...LOOPBACK, peer('mcp-hub', 'dist', 'cli.js'), '--port', String(port), '--config', config],
          env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder, XDG_DATA_HOME: folder },
          target: { url: `http://127.0.0.1:${port}/mcp`, sse: true, prefix: 'up__' },
          port,
          isReady: async () => (await ask(`http://127.0.0.1:${port}/api/health`)).body?.state === 'ready',
        }));
      },
    },
  ];
}
