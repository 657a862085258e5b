import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../report/statistics.mjs';
import { createClient, createSession, listSessions } from '../support/sessions.mjs';
import { openWindow, showView } from '../support/window.mjs';

/** Longer than the live stream's pause between batches, so that commits fall on any moment of it. */
const PAUSE_MS = 70;
const SHOWN_MS = 5_000;

/** @type {import('../report/rows.mjs').Bench} */
export const pixel = {
  name: 'pixel',
  title: 'From the commit to the pixel',
  window: true,
  boundMs: 150_000,
  async run(context) {
    const times = context.amount(40, 5);
    const { page, ...host } = await openWindow(context, await context.folder());
    await showView(page, '#/sessions');
    await page.evaluate(watchRows);
    const { client_key } = await createClient(host);
    const showOne = async () => {
      const shown = (await seenRows(page)).length + 1;
      await createSession(host.url, client_key);
      await page.waitForFunction((count) => Reflect.get(window, 'seenRows').size >= count, shown, {
        timeout: SHOWN_MS,
      });
    };
    await showOne();
    /** @type {number[]} */
    const p50 = [];
    /** @type {number[]} */
    const p95 = [];
    for (let run = 0; run < context.runs; run++) {
      const known = new Set(await seenRows(page));
      for (let made = 0; made < times; made++) {
        await showOne();
        await delay(((made * 37) % 100) * (PAUSE_MS / 100));
      }
      const seen = new Map(await page.evaluate(() => [...Reflect.get(window, 'seenRows')]));
      const delays = (await listSessions(host))
        .filter(({ session_id }) => seen.has(session_id) && !known.has(session_id))
        .map(({ session_id, created_at }) => seen.get(session_id) - created_at);
      if (delays.length !== times) throw new Error(`${delays.length} of ${times} sessions were seen in the window`);
      p50.push(quantile(delays, 0.5));
      p95.push(quantile(delays, 0.95));
    }
    return {
      rows: [
        { what: 'p95', unit: 'ms', ours: p95, goals: [{ of: 'value', most: 100 }] },
        { what: 'median', unit: 'ms', ours: p50 },
      ],
      notes: [
        `${times} sessions a run, each made by an MCP client over HTTP. The clock starts before the transaction (the time in the session's first event) and ends in the window, in the task after the frame in which the table shows the session's row; main process and window read the same clock.`,
      ],
    };
  },
};

/** Runs in the window: notes when each session's row was first on the screen. */
function watchRows() {
  const seen = new Map();
  Reflect.set(window, 'seenRows', seen);
  const waiting = new Set();
  const look = () => {
    for (const row of document.querySelectorAll('[data-session-id]')) {
      const id = row.getAttribute('data-session-id');
      if (seen.has(id) || waiting.has(id)) continue;
      waiting.add(id);
      requestAnimationFrame(() => setTimeout(() => seen.set(id, Date.now())));
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
  look();
}

/**
 * @param {import('playwright').Page} page
 * @returns {Promise<string[]>}
 */
const seenRows = (page) => page.evaluate(() => [...Reflect.get(window, 'seenRows').keys()]);
