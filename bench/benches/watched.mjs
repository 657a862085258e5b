import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { inTurns } from '../report/rows.mjs';
import { lostCalls, quantile } from '../report/statistics.mjs';
import { useOf } from '../support/app-processes.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { createClient, createSession } from '../support/sessions.mjs';
import { openWindow, showView } from '../support/window.mjs';

const COUNTER = join(repositoryRoot, 'tests/support/servers/counter-server.mjs');
const CALLS_A_SECOND = 1_000;
/**
 * A program that has just started has none of its code compiled, falls a second behind at the full rate and needs a quarter of a
 * minute to catch up. It works at this rate first, so that the minute measured is like any other.
 */
const WARM_UP_RATE = 300;
const WARM_UP_SECONDS = 20;
const SESSIONS = 32;
/** Due calls are sent this often: a timer of 1 ms would cost more than the calls. */
const TICK_MS = 4;
const STOP_WAITING_MS = 60_000;
/** A file of 60,000 rows is read page by page, so that calls get their turn. */
const FILE_MS = 60_000;
const CLOSED = 'the window closed';
/** @typedef {import('../report/rows.mjs').Row} Row */
/** @typedef {keyof import('../support/app-processes.mjs').AppUse} Process */
/** @type {Readonly<Record<Process, string>>} */
const WORDS = { main: 'the main process', page: "the window's process", graphics: 'the graphics process' };
const PROCESSES = /** @type {Process[]} */ (Object.keys(WORDS));

/** @type {import('../report/rows.mjs').Bench} */
export const watched = {
  name: 'watched',
  title: `${CALLS_A_SECOND.toLocaleString('en')} calls a second, with the view Activity open`,
  window: true,
  boundMs: 1_500_000,
  async run(context) {
    const seconds = context.amount(60, 4);
    const warmUpSeconds = context.amount(WARM_UP_SECONDS, 2);
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
      await callsAtRate(sessions, warmUpSeconds, WARM_UP_RATE);
      const before = await useOf(app);
      const { latencies, failed, since, took } = await callsAtRate(sessions, seconds, CALLS_A_SECOND);
      const after = await useOf(app);
      const rows = await rowsSince(host, since);
      // Its processes would outlive the app, as they are meant to.
      const stop = `${host.url}/api/mcp/servers/counter/stop`;
      mustBe(await ask(stop, { method: 'POST', key: host.key, body: {} }), 200);
      await close();
      return {
        p50: quantile(latencies, 0.5),
        p95: quantile(latencies, 0.95),
        rate: latencies.length / took,
        lost: lostCalls({ answered: latencies.length, failed, rows }),
        before,
        after,
        cpu: (/** @type {Process} */ of) => ((after[of].cpuMs - before[of].cpuMs) * 1_000) / latencies.length,
      };
    };
    const { closed, open } = await inTurns(context.runs, { closed: measure(false), open: measure(true) });
    /** @type {(what: string, unit: string, of: 'p50' | 'p95' | 'rate') => Row} */
    const row = (what, unit, of) => ({
      what,
      unit,
      ours: open.map((one) => one[of]),
      beside: CLOSED,
      floor: closed.map((one) => one[of]),
      relation: 'cost',
    });
    /** @type {(of: Process) => Row} */
    const cpu = (of) => ({
      what: `processor time of ${WORDS[of]} for 1,000 calls`,
      unit: 'ms',
      ours: open.map((one) => one.cpu(of)),
      ...(of !== 'page' && { beside: CLOSED, floor: closed.map((one) => one.cpu(of)) }),
    });
    /** @type {(what: string, of: Process, side: typeof open) => Row} */
    const memory = (what, of, side) => ({
      what,
      unit: 'MB',
      ours: side.map(({ after }) => after[of].memoryMb),
      beside: 'before these calls',
      floor: side.map(({ before }) => before[of].memoryMb),
      relation: 'cost',
    });
    return {
      rows: [
        { ...row('p50 of a call', 'ms', 'p50'), goals: [{ of: 'ratio', most: 1.05 }] },
        row('p95 of a call', 'ms', 'p95'),
        row('calls answered in a second', '', 'rate'),
        {
          what: 'calls lost',
          unit: '',
          ours: open.map(({ lost }) => lost),
          beside: CLOSED,
          floor: closed.map(({ lost }) => lost),
          goals: [{ of: 'value', most: 0 }],
        },
        ...PROCESSES.map(cpu),
        ...PROCESSES.map((of) => memory(`memory of ${WORDS[of]} afterwards`, of, open)),
        memory('memory of the main process afterwards, the window closed', 'main', closed),
      ],
      notes: [
        `${seconds} s of calls of a tool of a server over stdio, ${SESSIONS} sessions over HTTP, in the real window's process, after ${warmUpSeconds} s at ${WARM_UP_RATE} calls a second. The client, the server, the keeper and the app share the processors. A call's time counts from the moment it was due, so waiting for a free session counts, too. A call is lost if it was not answered, or has no row of activity; with neither it counts twice.`,
        'Without a graphics card, the graphics process draws on the processor. Closing the window ends its own process.',
      ],
    };
  },
};

/**
 * Sends calls at a steady rate, whatever the answers do. A call that is due while all sessions are busy waits for one.
 *
 * @param {readonly import('../support/mcp.mjs').McpClient[]} sessions
 * @param {number} seconds
 * @param {number} rate calls a second
 */
async function callsAtRate(sessions, seconds, rate) {
  const total = seconds * rate;
  /** @type {number[]} */
  const latencies = [];
  let failed = 0;
  const free = [...sessions];
  const since = Date.now();
  const begin = performance.now();
  const dueOf = (/** @type {number} */ nth) => begin + (nth * 1_000) / rate;
  let sent = 0;
  const send = async () => {
    const session = free.pop();
    if (!session) return;
    const due = dueOf(sent++);
    try {
      await session.callTool('counter__count');
      latencies.push(performance.now() - due);
    } catch {
      failed += 1;
    }
    free.push(session);
  };
  while (latencies.length + failed < total) {
    if (performance.now() - begin > seconds * 1_000 + STOP_WAITING_MS) throw new Error('the calls did not end');
    while (sent < total && free.length > 0 && dueOf(sent) <= performance.now()) void send();
    await delay(TICK_MS);
  }
  return { latencies, failed, since, took: (performance.now() - begin) / 1_000 };
}

/**
 * @param {import('../support/sessions.mjs').Address} host
 * @param {number} since
 * @returns {Promise<number>} the calls in its activity
 */
async function rowsSince({ url, key }, since) {
  const answer = await ask(`${url}/api/mcp/activity?format=jsonl&server=counter&from=${since}`, {
    key,
    withinMs: FILE_MS,
  });
  mustBe(answer, 200);
  return String(answer.body).split('\n').filter(Boolean).length;
}
