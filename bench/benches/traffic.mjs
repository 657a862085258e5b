import { once } from 'node:events';
import { Agent, get } from 'node:http';
import WebSocket from 'ws';
import { startChild } from '../support/child.mjs';
import { startHeadless } from '../support/headless.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { createClient, createSession, listSessions } from '../support/sessions.mjs';

/**
 * What goes on all the time while the list is watched.
 *
 * @typedef {object} Load
 * @property {string} name
 * @property {number} live sessions in use; the others are from earlier that day
 * @property {number} callMs how often there is a tool call, by the live sessions in turn
 * @property {number} reconnectMs how often there is a reconnect
 */

const SESSIONS = 100;
/** As many latencies as a session keeps, as if it had been in use for a while. */
const CALLS_BEFORE = 24;
const POLL_MS = 10_000;
const HOUR_MS = 3_600_000;
/** @type {readonly Load[]} */
const LOADS = [
  { name: 'one person at work', live: 2, callMs: 15_000, reconnectMs: 120_000 },
  { name: 'five agents that never rest', live: 5, callMs: 6_000, reconnectMs: 60_000 },
];

/** @type {import('../report/rows.mjs').Bench} */
export const traffic = {
  name: 'traffic',
  title: 'Bytes to keep a list of sessions up to date',
  boundMs: 240_000,
  async run(context) {
    const windowMs = context.amount(30_000, 20_000);
    const watched = await Promise.all(LOADS.map((load) => watchUnder(context, load, windowMs)));
    return {
      rows: watched.map(({ load, samples }) => ({
        what: `an hour of ${SESSIONS} sessions, ${load.name}`,
        unit: 'MB',
        ...samples,
        relation: 'saving',
        beside: 'GET /api/mcp/sessions every 10 s',
        goals: [{ of: 'ratio', least: 0.95 }],
      })),
      notes: [
        `Extrapolated from ${context.runs} windows of ${windowMs / 1000} s on real sockets, bytes in both directions, headers and frames included, nothing compressed. Opening the connection and the first list are left out on both sides. The monitor is opened as the page in a browser opens it (health=changes).`,
        ...watched.map(
          ({ load: { name, live, callMs, reconnectMs }, messages }) =>
            `${name}: ${live} of the sessions are live. Between them they make a tool call every ${callMs / 1000} s and a reconnect every ${reconnectMs / 60_000} min, which comes to ${Math.round((messages * HOUR_MS) / (windowMs * context.runs))} messages an hour besides the health updates.`,
        ),
      ],
    };
  },
};

/**
 * Watches a list of sessions both ways at once: with a monitor and by polling.
 *
 * @param {import('../support/context.mjs').Context} context
 * @param {Load} load
 * @param {number} windowMs
 */
async function watchUnder(context, load, windowMs) {
  const folder = await context.folder();
  const seed = await startChild(context, 'seed-sessions');
  await seed.call('fill', { folder, sessions: SESSIONS - load.live });
  const host = await startHeadless(context, folder);
  const { client_key } = await createClient(host);
  /** @type {import('../support/mcp.mjs').McpClient[]} */
  const clients = [];
  for (let made = 0; made < load.live; made++) {
    const mcp = await createSession(host.url, client_key);
    for (let call = 1; call < CALLS_BEFORE; call++) await mcp.callTool('health_check');
    clients.push(mcp);
  }
  const [session] = await listSessions({ url: host.url, key: client_key });
  const monitor = await openMonitor(context, host);
  const poll = poller(host);
  context.defer(poll.end);
  await poll.now();

  let calls = 0;
  const every = (/** @type {number} */ ms, /** @type {() => Promise<unknown>} */ work) => {
    const timer = setInterval(() => void work().catch((error) => poll.fail(error)), ms);
    context.defer(() => clearInterval(timer));
  };
  every(load.callMs, async () => clients[calls++ % load.live]?.callTool('health_check'));
  every(load.reconnectMs, () => reconnect(host, session.session_id, client_key));
  every(POLL_MS, poll.now);

  // Half-way between two polls, so that each window holds the same number of them.
  await poll.wait(POLL_MS / 2);
  /** @type {{ ours: number[], floor: number[] }} */
  const samples = { ours: [], floor: [] };
  const seen = monitor.messages();
  const anHour = HOUR_MS / windowMs / 1e6;
  for (let run = 0; run < context.runs; run++) {
    const before = { monitor: monitor.bytes(), poll: poll.bytes() };
    await poll.wait(windowMs);
    samples.ours.push((monitor.bytes() - before.monitor) * anHour);
    samples.floor.push((poll.bytes() - before.poll) * anHour);
  }
  return { load, samples, messages: monitor.messages() - seen };
}

/**
 * Opens a monitor as the page does, and waits for its hello and snapshot.
 *
 * @param {import('../support/context.mjs').Context} context
 * @param {import('../support/sessions.mjs').Address} host
 */
async function openMonitor(context, { url, key }) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/mcp/ws/sessions?health=changes`, {
    headers: { authorization: `Bearer ${key}` },
    perMessageDeflate: false,
  });
  context.defer(() => socket.terminate());
  /** @type {import('node:net').Socket | undefined} */
  let connection;
  socket.once('upgrade', (response) => {
    connection = response.socket;
  });
  let messages = 0;
  socket.on('message', (data) => {
    if (!String(data).startsWith('{"type":"health_update"')) messages += 1;
  });
  await once(socket, 'open');
  while (messages < 2) await once(socket, 'message');
  return {
    messages: () => messages,
    bytes: () => (connection?.bytesRead ?? 0) + (connection?.bytesWritten ?? 0),
  };
}

/**
 * Polls the same list over one keep-alive connection.
 *
 * @param {import('../support/sessions.mjs').Address} host
 */
function poller({ url, key }) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  /** @type {(error: unknown) => void} */
  let fail = () => {};
  const now = () =>
    new Promise((resolve, reject) => {
      const options = { agent, headers: { authorization: `Bearer ${key}` } };
      const request = get(`${url}/api/mcp/sessions?limit=1000`, options, (response) => {
        response.resume();
        response.once('end', () => (response.statusCode === 200 ? resolve(true) : reject(new Error('polling failed'))));
      });
      request.once('socket', (socket) => sockets.add(socket));
      request.once('error', reject);
    });
  return {
    now,
    bytes: () => [...sockets].reduce((sum, socket) => sum + socket.bytesRead + socket.bytesWritten, 0),
    end: () => agent.destroy(),
    /** @param {unknown} error something in the background failed, which ends the wait */
    fail: (error) => fail(error),
    /** @param {number} ms */
    wait: (ms) =>
      new Promise((resolve, reject) => {
        fail = reject;
        setTimeout(resolve, ms);
      }),
  };
}

/**
 * @param {import('../support/sessions.mjs').Address} host
 * @param {string} session
 * @param {string} key
 */
async function reconnect({ url }, session, key) {
  const path = `${url}/api/mcp/sessions/${session}`;
  const { body } = await ask(`${path}/token`, { key });
  mustBe(await ask(`${path}/reconnect`, { method: 'POST', key, body: { token: body.reconnect_token } }), 200);
}
