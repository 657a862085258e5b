// @ts-check
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import WebSocket from 'ws';
import { mustBe } from '../../doctor/failure.mjs';
import { ask } from '../../doctor/http.mjs';
import { startHeadless } from '../headless.mjs';
import { createClient, createSession, listSessions } from '../sessions.mjs';

const SESSIONS = 100;
const BUSY = 5;
const POLL_MS = 10_000;
const CALL_MS = 6_000;
const RECONNECT_MS = 60_000;
const HOUR_MS = 3_600_000;

/** @type {import('../rows.mjs').Bench} */
export const traffic = {
  name: 'traffic',
  title: 'Bytes to keep a list of sessions up to date',
  boundMs: 240_000,
  async run(context) {
    const windowMs = context.amount(30_000, 10_000);
    const host = await startHeadless(context);
    const { client_key } = await createClient(host);
    /** @type {import('../../doctor/mcp.mjs').McpClient[]} */
    const clients = [];
    for (let made = 0; made < SESSIONS; made++) clients.push(await createSession(host.url, client_key));
    const [session] = await listSessions(host);

    const watch = `${host.url.replace('http', 'ws')}/api/mcp/ws/sessions?health=changes`;
    const monitor = new WebSocket(watch, {
      headers: { authorization: `Bearer ${host.key}` },
      perMessageDeflate: false,
    });
    context.defer(() => monitor.terminate());
    /** @type {import('node:net').Socket | undefined} */
    let connection;
    monitor.once('upgrade', (response) => {
      connection = response.socket;
    });
    let events = 0;
    monitor.on('message', (data) => {
      if (!String(data).startsWith('{"type":"health_update"')) events += 1;
    });
    await once(monitor, 'open');
    // Hello and the snapshot: the list as it is when the page is opened, which both need once.
    while (events < 2) await once(monitor, 'message');
    const poll = poller(host);
    context.defer(poll.end);
    await poll.now();

    let calls = 0;
    const every = (/** @type {number} */ ms, /** @type {() => Promise<unknown>} */ work) => {
      const timer = setInterval(() => void work().catch((error) => poll.fail(error)), ms);
      context.defer(() => clearInterval(timer));
    };
    every(CALL_MS, async () => clients[calls++ % BUSY]?.callTool('health_check'));
    every(RECONNECT_MS, () => reconnect(host, session.session_id, client_key));
    every(POLL_MS, poll.now);

    /** @type {{ ours: number[], floor: number[] }} */
    const samples = { ours: [], floor: [] };
    const total = () => (connection?.bytesRead ?? 0) + (connection?.bytesWritten ?? 0);
    const seen = events;
    for (let run = 0; run < context.runs; run++) {
      const before = { monitor: total(), poll: poll.bytes() };
      await poll.wait(windowMs);
      const anHour = HOUR_MS / windowMs / 1e6;
      samples.ours.push((total() - before.monitor) * anHour);
      samples.floor.push((poll.bytes() - before.poll) * anHour);
    }
    const eventsAnHour = Math.round(((events - seen) * HOUR_MS) / (windowMs * context.runs));
    return {
      rows: [
        {
          what: `an hour of ${SESSIONS} sessions`,
          unit: 'MB',
          ...samples,
          ...{ relation: 'saving', beside: 'GET /api/mcp/sessions every 10 s', goals: [{ of: 'ratio', least: 0.95 }] },
        },
      ],
      notes: [
        `Extrapolated from ${context.runs} windows of ${windowMs / 1000} s on real sockets, bytes in both directions, headers and frames included, nothing compressed. Opening the connection and the first list are left out on both sides.`,
        `Meanwhile ${BUSY} of the sessions called a tool in turn, one call every ${CALL_MS / 1000} s, and one session was reconnected every minute: ${eventsAnHour.toLocaleString('en-US')} messages an hour besides the health updates. The monitor is opened as the page in a browser opens it (health=changes).`,
      ],
    };
  },
};

/**
 * Polls the same list over one keep-alive connection.
 *
 * @param {import('../sessions.mjs').Address} host
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
 * @param {import('../sessions.mjs').Address} host
 * @param {string} session
 * @param {string} key
 */
async function reconnect({ url }, session, key) {
  const path = `${url}/api/mcp/sessions/${session}`;
  const { body } = await ask(`${path}/token`, { key });
  mustBe(await ask(`${path}/reconnect`, { method: 'POST', key, body: { token: body.reconnect_token } }), 200);
}
