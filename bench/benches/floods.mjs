import { writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { inTurns } from '../report/rows.mjs';
import { quantile } from '../report/statistics.mjs';
import { startHeadless } from '../support/headless.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { connectMcp } from '../support/mcp.mjs';
import { createClient } from '../support/sessions.mjs';

const SERVER = join(repositoryRoot, 'tests', 'support', 'servers', 'flood-server.mjs');
/** What the flooding servers write without end. */
const KINDS = {
  list: 'list_changed',
  log: 'log messages',
  updated: 'changes of a resource',
  ping: 'pings',
  noise: 'lines that are no messages',
};
const PAUSE_MS = 10;
const MOST_MS = 100;

/** @type {import('../report/rows.mjs').Bench} */
export const floods = {
  name: 'floods',
  title: 'A call while another server floods Holdfast',
  boundMs: 300_000,
  async run(context) {
    const calls = context.amount(100, 40);
    const folder = await context.folder();
    const entry = (/** @type {string} */ kind) => ({ command: process.execPath, args: [SERVER, kind] });
    const mcpServers = Object.fromEntries(['good', ...Object.keys(KINDS)].map((name) => [name, entry(name)]));
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { ...mcpServers, good: entry('log') } }));
    const host = await startHeadless(context, folder);
    await confirmAll(host);
    const good = await connectMcp(host.url, (await createClient(host)).client_key);
    await good.callTool('good__echo');
    const callOften = async () => {
      const ms = [];
      for (let call = 0; call < calls; call++) {
        const begin = performance.now();
        await good.callTool('good__echo');
        ms.push(performance.now() - begin);
        await sleep(PAUSE_MS);
      }
      return quantile(ms, 0.95);
    };
    await callOften();
    const rows = [];
    for (const [kind, name] of Object.entries(KINDS)) {
      const underFlood = async () => {
        const stop = await startFlood(context, host, kind);
        const measured = await callOften();
        await stop();
        return measured;
      };
      const { floor, ours } = await inTurns(context.runs, { floor: callOften, ours: underFlood });
      rows.push({
        what: `p95 of a call while another server floods with ${name}`,
        unit: 'ms',
        ours,
        floor,
        relation: /** @type {const} */ ('cost'),
        beside: 'the same call when it is quiet',
        goals: [
          { of: /** @type {const} */ ('value'), most: MOST_MS },
          { of: /** @type {const} */ ('ratio'), most: 3 },
        ],
      });
    }
    return {
      rows,
      notes: [
        `${calls} calls a run, one after the other, with a pause of ${PAUSE_MS} ms, to a server over stdio at /mcp. The flooding server belongs to another session, which reads what it is sent.`,
      ],
    };
  },
};

/** @param {import('../support/sessions.mjs').Address} host */
async function confirmAll({ url, key }) {
  const listed = await ask(`${url}/api/mcp/servers`, { key });
  mustBe(listed, 200);
  for (const { name, fingerprint } of listed.body.servers) {
    mustBe(await ask(`${url}/api/mcp/servers/${name}/trust`, { method: 'POST', key, body: { fingerprint } }), 200);
  }
}

/**
 * Opens a session with a stream and lets its server flood.
 *
 * @param {import('../support/context.mjs').Context} context
 * @param {import('../support/sessions.mjs').Address} host
 * @param {string} kind
 * @returns {Promise<() => Promise<void>>} ends the session, and the server with it
 */
async function startFlood(context, host, kind) {
  const { client_key: key } = await createClient(host);
  const mcp = await connectMcp(host.url, key);
  const headers = { authorization: `Bearer ${key}`, 'mcp-session-id': mcp.transportId, accept: 'text/event-stream' };
  const stream = get(`${host.url}/mcp`, { headers }, (answer) => answer.resume());
  stream.on('error', () => {});
  context.defer(() => stream.destroy());
  await mcp.callTool(`${kind}__flood`);
  return async () => {
    await ask(`${host.url}/mcp`, { method: 'DELETE', key, headers: { 'mcp-session-id': mcp.transportId } });
    stream.destroy();
  };
}
