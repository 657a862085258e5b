import { inTurns } from '../report/rows.mjs';
import { median, quantile } from '../report/statistics.mjs';
import { startChild } from '../support/child.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { openWindow, showView } from '../support/window.mjs';

const FEW = 100;
const REQUESTS = /** @type {const} */ ([
  ['page of 100', 'limit=100'],
  ['last page, by name', 'limit=100&sort=client_name&order=asc&offset=LAST'],
  ['filter by status and text', 'limit=100&status=disconnected&text=cursor'],
]);

/** @typedef {{ url: string, key: string, sessions: number }} Host */

/** @type {import('../report/rows.mjs').Bench} */
export const sessions = {
  name: 'sessions',
  title: '10,000 sessions: lists, and scrolling and filtering the table',
  window: true,
  boundMs: 150_000,
  async run(context) {
    const many = context.amount(10_000, 500);
    const seed = await startChild(context, 'seed-sessions');
    const folder = await context.folder();
    await seed.call('fill', { folder, sessions: many });
    const small = await startHost(context, seed, FEW);
    const large = await startHost(context, seed, many);
    /** @type {import('../report/rows.mjs').Row[]} */
    const rows = [];
    for (const [what, query] of REQUESTS) {
      const measure = (/** @type {Host} */ host) => () => timeList(host, query, context.amount(60, 10));
      await measure(small)();
      await measure(large)();
      const samples = await inTurns(context.runs, { floor: measure(small), ours: measure(large) });
      rows.push({ what: `REST, ${what}`, unit: 'ms', ...samples, relation: 'cost', beside: `with ${FEW} sessions` });
    }
    return { rows: [...rows, ...(await inWindow(context, folder, many))], notes: NOTES };
  },
};

/** Each leaves another number of rows than the one before. */
const QUERIES = ['cursor', 'status:disconnected', 'status:disconnected cursor', ''];

const NOTES = [
  'REST: median time of a whole request over a keep-alive connection, one after the other.',
  'Scrolling: 96 pixels in every frame, up and down the Sessions table, which re-renders its rows as they come in; frames are counted by requestAnimationFrame. A display without a graphics card draws in software, on the same processor.',
  'Filtering: from a change of the query to the frame in which the rows that it leaves are drawn, so at least the rest of a frame.',
];

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('../support/child.mjs').Child} seed
 * @param {number} count
 * @returns {Promise<Host>}
 */
async function startHost(context, seed, count) {
  const folder = await context.folder();
  await seed.call('fill', { folder, sessions: count });
  const host = await startChild(context, 'supervisor', { args: [folder] });
  return { ...(await host.call('address')), sessions: count };
}

/**
 * @param {Host} host
 * @param {string} query
 * @param {number} times
 */
async function timeList({ url, key, sessions: count }, query, times) {
  const ms = [];
  for (let index = 0; index < times; index++) {
    const begin = performance.now();
    const answer = await ask(`${url}/api/mcp/sessions?${query.replace('LAST', String(count - FEW))}`, { key });
    ms.push(performance.now() - begin);
    mustBe(answer, 200);
    if (answer.body.sessions.length === 0) throw new Error(`the list was empty: ${query}`);
  }
  return median(ms);
}

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {string} folder
 * @param {number} count
 * @returns {Promise<import('../report/rows.mjs').Row[]>}
 */
async function inWindow(context, folder, count) {
  const { page } = await openWindow(context, folder);
  await showView(page, '#/sessions');
  await page.locator('[data-session-id]').first().waitFor();
  return [...(await scrolling(context, page, count)), await filtering(context, page, count)];
}

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('playwright').Page} page
 * @param {number} count
 * @returns {Promise<import('../report/rows.mjs').Row>}
 */
async function filtering(context, page, count) {
  const rounds = context.amount(10, 2);
  const measure = () => page.evaluate(filterTable, { queries: QUERIES, rounds });
  await measure();
  const ours = [];
  for (let run = 0; run < context.runs; run++) ours.push(quantile(await measure(), 0.95));
  return {
    what: `p95 of a change of the filter over ${count.toLocaleString('en-US')} rows`,
    unit: 'ms',
    ours,
    goals: [{ of: 'value', most: 50 }],
  };
}

/**
 * @param {import('../support/context.mjs').Context} context
 * @param {import('playwright').Page} page
 * @param {number} count
 * @returns {Promise<import('../report/rows.mjs').Row[]>}
 */
async function scrolling(context, page, count) {
  const frames = context.amount(240, 30);
  const measure = (/** @type {number} */ pixels) => async () => {
    const ms = await page.evaluate(scrollTable, { frames, pixels });
    const fps = 1000 / (ms.reduce((sum, one) => sum + one, 0) / ms.length);
    return { fps, p95: quantile(ms, 0.95) };
  };
  await measure(96)();
  const { ours, floor } = await inTurns(context.runs, { floor: measure(0), ours: measure(96) });
  const common = { relation: /** @type {const} */ ('cost'), beside: 'the window at rest' };
  return [
    {
      what: `frames a second, scrolling ${count.toLocaleString('en-US')} rows`,
      ...common,
      unit: 'fps',
      ours: ours.map(({ fps }) => fps),
      floor: floor.map(({ fps }) => fps),
      // A display of 60 Hz shows 59.9 or 60.1 of them.
      goals: [{ of: 'value', least: 59 }],
    },
    {
      what: 'p95 of a frame, scrolling',
      ...common,
      unit: 'ms',
      ours: ours.map(({ p95 }) => p95),
      floor: floor.map(({ p95 }) => p95),
    },
  ];
}

/**
 * Runs in the window: moves the table in every frame and notes how long each frame took.
 *
 * @param {{ frames: number, pixels: number }} how
 * @returns {Promise<number[]>} milliseconds
 */
function scrollTable({ frames, pixels }) {
  let table = document.querySelector('[data-session-id]')?.parentElement;
  while (table && table.scrollHeight <= table.clientHeight + 1) table = table.parentElement;
  if (!table) throw new Error('nothing on this view can be scrolled');
  const scrolled = table;
  return new Promise((resolve) => {
    /** @type {number[]} */
    const ms = [];
    let last = 0;
    let direction = 1;
    const frame = (/** @type {number} */ now) => {
      if (last > 0) ms.push(now - last);
      last = now;
      if (ms.length >= frames) {
        resolve(ms);
        return;
      }
      const before = scrolled.scrollTop;
      scrolled.scrollTop += pixels * direction;
      if (scrolled.scrollTop === before) direction = -direction;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

/**
 * Runs in the window: changes the filter and waits for the frame in which another number of rows is drawn.
 *
 * @param {{ queries: string[], rounds: number }} how
 * @returns {Promise<number[]>} milliseconds of each change
 */
async function filterTable({ queries, rounds }) {
  const box = document.querySelector('main input[type="search"], main [role="searchbox"]');
  const grid = document.querySelector('main [role="grid"]');
  if (!(box instanceof HTMLInputElement) || !grid) throw new Error('this view has no filter');
  const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const rows = () => grid.getAttribute('aria-rowcount');
  const ms = [];
  for (let round = 0; round < rounds; round++) {
    for (const query of queries) {
      const before = rows();
      await frame();
      const begin = performance.now();
      write?.call(box, query);
      box.dispatchEvent(new Event('input', { bubbles: true }));
      while (rows() === before) {
        if (performance.now() - begin > 5_000) throw new Error(`"${query}" leaves as many rows as the query before`);
        await frame();
      }
      // Drawn is what the next frame begins with.
      await frame();
      ms.push(performance.now() - begin);
    }
  }
  return ms;
}
