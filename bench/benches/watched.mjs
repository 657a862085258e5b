import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { inTurns } from '../report/rows.mjs';
import { quantile } from '../report/statistics.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { createClient, createSession } from '../support/sessions.mjs';
import { openWindow, showView } from '../support/window.mjs';

const COUNTER = join(repositoryRoot, 'tests/support/servers/counter-server.mjs');
const CALLS_A_SECOND = 1_000;
const SESSIONS = 32;
/** Due calls are sent this often: a timer of 1 ms would cost more than the calls. */
const TICK_MS = 4;
const STOP_WAITING_MS = 60_000;

/** @type {import('../report/rows.mjs').Bench} */
export const watched = {
  name: 'watched',
  title: `${CALLS_A_SECOND.toLocaleString('en')} calls a second, with the view Activity open`,
  window: true,
  boundMs: 1_500_000,
  async run(context) {
    const seconds = context.amount(60, 4);
    const measure = (/** @type {boolean} */ isOpen) => async () => {
      const folder = await context.folder();
      const servers = { counter: { command: process.execPath, args: [COUNTER] } };
      await writeFile(join(folder, 'servers.json'), JSON.stringify({ mcpServers: servers }));
      const { app, page, close, ...host } = await openWindow(context, folder, { HOLDFAST_TRUST_SERVERS: '1' });
      const { client_key } = await createClient(host);
      const sessions = await Promise.all(Array.from({ length: SESSIONS }, () => createSession(host.url, client_key)));
      await Promise.all(sessions.map((session) => session.callTool('counter__count')));
      if (isOpen) {
        await showView(page, '#/activity');
        await page.locator('[data-outcome]').first().waitFor();
      } else {
        await page.close();
      }
      const measured = await callsAtRate(sessions, seconds);
      const rows = await rowsSince(host, measured.since);
      const main = await memoryOf(app.process().pid);
      // Its processes would outlive the app, as they are meant to.
      const stop = `${host.url}/api/mcp/servers/counter/stop`;
      mustBe(await ask(stop, { method: 'POST', key: host.key, body: {} }), 200);
      await close();
      if (rows !== measured.latencies.length) throw new Error(`${rows} rows of ${measured.latencies.length} calls`);
      return {
        p50: quantile(measured.latencies, 0.5),
        p95: quantile(measured.latencies, 0.95),
        rate: measured.latencies.length / measured.took,
        main,
      };
    };
    const { closed, open } = await inTurns(context.runs, { closed: measure(false), open: measure(true) });
    /** @type {(what: string, unit: string, of: 'p50' | 'p95' | 'rate' | 'main') => import('../report/rows.mjs').Row} */
    const row = (what, unit, of) => ({
      what,
      unit,
      ours: open.map((one) => one[of]),
      beside: 'the window closed',
      floor: closed.map((one) => one[of]),
      relation: 'cost',
    });
    return {
      rows: [
        { ...row('p50 of a call', 'ms', 'p50'), goals: [{ of: 'ratio', most: 1.05 }] },
        row('p95 of a call', 'ms', 'p95'),
        row('calls answered in a second', '', 'rate'),
        row('memory of the main process afterwards', 'MB', 'main'),
      ],
      notes: [
        `${seconds} s of calls of a tool of a server over stdio, ${SESSIONS} sessions over HTTP, in the real window's process. A call's time counts from the moment it was due, so waiting for a free session counts, too. Every call was answered, and every one has its row of activity: the bench fails otherwise.`,
      ],
    };
  },
};

/**
 * Sends calls at a steady rate, whatever the answers do. A call that is due while all sessions are busy waits for one.
 *
 * @param {readonly import('../support/mcp.mjs').McpClient[]} sessions
 * @param {number} seconds
 */
async function callsAtRate(sessions, seconds) {
  const total = seconds * CALLS_A_SECOND;
  /** @type {number[]} */
  const latencies = [];
  /** @type {unknown[]} */
  const failures = [];
  const free = [...sessions];
  const since = Date.now();
  const begin = performance.now();
  const dueOf = (/** @type {number} */ nth) => begin + (nth * 1_000) / CALLS_A_SECOND;
  let sent = 0;
  const send = async () => {
    const session = free.pop();
    if (!session) return;
    const due = dueOf(sent++);
    try {
      await session.callTool('counter__count');
      latencies.push(performance.now() - due);
    } catch (error) {
      failures.push(error);
    }
    free.push(session);
  };
  while (latencies.length + failures.length < total) {
    if (performance.now() - begin > seconds * 1_000 + STOP_WAITING_MS) throw new Error('the calls did not end');
    while (sent < total && free.length > 0 && dueOf(sent) <= performance.now()) void send();
    await delay(TICK_MS);
  }
  if (failures.length > 0) throw new Error(`${failures.length} calls failed`, { cause: failures[0] });
  return { latencies, since, took: (performance.now() - begin) / 1_000 };
}

/**
 * @param {import('../support/sessions.mjs').Address} host
 * @param {number} since
 * @returns {Promise<number>} the calls in its activity
 */
async function rowsSince({ url, key }, since) {
  const answer = await ask(`${url}/api/mcp/activity?format=jsonl&server=counter&from=${since}`, { key });
  mustBe(answer, 200);
  return String(answer.body).trim().split('\n').length;
}

/**
 * @param {number | undefined} pid
 * @returns {Promise<number>} its proportional set size in MB
 */
async function memoryOf(pid) {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(rollup.match(/^Pss: +(\d+)/m)?.[1]) * 1_024) / 1_000_000;
}
