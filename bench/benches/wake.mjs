import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { quantile } from '../report/statistics.mjs';
import { startHeadless } from '../support/headless.mjs';
import { connectMcp } from '../support/mcp.mjs';
import { createClient } from '../support/sessions.mjs';
import { startSilentProxy } from '../support/silent-proxy.mjs';

/** The network comes back this long after the machine. */
const OFFLINE_MS = [0, 1_000];
/** How long one attempt of a call is waited for. */
const PATIENCE_MS = 1_000;
/** Whatever is not back after this has failed. */
const LIMIT_MS = 20_000;
const GOAL_MS = 3_000;

/** @type {import('../report/rows.mjs').Bench} */
export const wake = {
  name: 'wake',
  title: 'After a sleep: the first good call, and streams',
  boundMs: 240_000,
  async run(context) {
    const sleeps = context.amount(20, 4);
    const remote = await startRemote();
    context.defer(remote.close);
    const proxy = await startSilentProxy(remote.port);
    context.defer(proxy.close);
    const folder = await context.folder();
    const servers = { mcpServers: { far: { type: 'http', url: `http://127.0.0.1:${proxy.port}/mcp` } } };
    await writeFile(join(folder, 'servers.json'), JSON.stringify(servers), { mode: 0o600 });
    const clock = new URL('bench/support/sleepy-clock.mjs', `file://${repositoryRoot}/`).href;
    const env = { ...context.runtime.env, NODE_OPTIONS: `--import=${clock}` };
    const holdfast = await startHeadless({ ...context, runtime: { ...context.runtime, env } }, folder);
    const { client_key: key } = await createClient(holdfast);
    const client = await connectMcp(holdfast.url, key);
    await client.callTool('far__count');
    await remote.streamAfter(0);

    const rows = [];
    for (const offline of OFFLINE_MS) {
      /** @type {number[]} */
      const calls = [];
      /** @type {number[]} */
      const streams = [];
      for (let turn = 0; turn < sleeps; turn++) {
        await client.callTool('far__count');
        // Not always at the same point between two checks.
        await delay(100 * (turn % 7));
        const before = remote.streams();
        proxy.silence();
        process.kill(holdfast.pid, 'SIGUSR2');
        await delay(offline);
        await proxy.network();
        const back = performance.now();
        const stream = remote.streamAfter(before).then(() => performance.now() - back);
        calls.push(await firstGoodCall(client, back));
        streams.push(await stream);
      }
      const when = offline === 0 ? 'network at once' : `network ${offline / 1_000} s later`;
      rows.push(
        ...[
          /** @type {const} */ (['first good call', calls]),
          /** @type {const} */ (['stream open again', streams]),
        ].map(([what, samples]) => ({
          what: `${what}, ${when}, p95 of ${sleeps}`,
          unit: 'ms',
          ours: [quantile(samples, 0.95)],
          goals: [{ of: /** @type {const} */ ('value'), most: GOAL_MS }],
        })),
      );
    }
    if (remote.initialized() !== 1) throw new Error('the server was initialized anew: its session was lost');
    return {
      rows,
      notes: [
        `The product itself without a window, with clocks that say it slept for an hour. Its one server over HTTP is behind a proxy whose connections go silent during the sleep: neither end learns that they lead nowhere. Times are from the return of the network, over ${sleeps} sleeps each; a call that is not answered within ${PATIENCE_MS / 1_000} s is made again.`,
      ],
    };
  },
};

/**
 * @param {import('../support/mcp.mjs').McpClient} client
 * @param {number} since
 * @returns {Promise<number>} milliseconds until a call was answered
 */
async function firstGoodCall(client, since) {
  for (;;) {
    const call = client.callTool('far__count').then(
      ({ isError }) => isError !== true,
      () => false,
    );
    const isGood = await Promise.race([call, delay(PATIENCE_MS, false)]);
    const taken = performance.now() - since;
    if (isGood) return taken;
    if (taken > LIMIT_MS) throw new Error('no call was answered');
    await delay(20);
  }
}

/** A server over HTTP with one tool and a standalone stream. */
async function startRemote() {
  const heard = new EventEmitter();
  let initialized = 0;
  let streams = 0;
  let n = 0;
  const server = createServer(async (req, res) => {
    if (req.method === 'GET') {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      streams += 1;
      heard.emit('stream');
      return;
    }
    let body = '';
    for await (const chunk of req) body += chunk;
    const { id, method } = body === '' ? {} : JSON.parse(body);
    if (id === undefined) return void res.writeHead(202).end();
    if (method === 'initialize') {
      initialized += 1;
      res.setHeader('mcp-session-id', randomUUID());
    }
    const result = resultOf(method, () => ++n);
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    initialized: () => initialized,
    streams: () => streams,
    /** @param {number} before how many had been opened */
    async streamAfter(before) {
      const signal = AbortSignal.timeout(LIMIT_MS);
      while (streams <= before) await once(heard, 'stream', { signal });
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * @param {string} method
 * @param {() => number} count
 */
function resultOf(method, count) {
  if (method === 'initialize') {
    return {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'far', version: '1' },
    };
  }
  if (method === 'tools/list') return { tools: [{ name: 'count', inputSchema: { type: 'object' } }] };
  if (method === 'tools/call') return { content: [{ type: 'text', text: String(count()) }] };
  return {};
}
