import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inTurns } from '../report/rows.mjs';
import { median } from '../report/statistics.mjs';
import { startChild } from '../support/child.mjs';
import { ask, mustBe } from '../support/http.mjs';
import { createClient, createSession } from '../support/sessions.mjs';

const COUNTER = fileURLToPath(new URL('../../tests/support/servers/counter-server.mjs', import.meta.url));
/** Calls that are under way at the same time. */
const AT_ONCE = 8;
/** About 2 kB of arguments and 8 kB of result. */
const ARGUMENTS = {
  size: 8_000,
  note: 'The quick brown fox jumps over the lazy dog. '.repeat(40),
  filter: { state: ['open', 'new'], token: 'not-for-the-record', limit: 20 },
};

/** @type {import('../report/rows.mjs').Bench} */
export const activity = {
  name: 'activity',
  title: 'What recording costs a call',
  boundMs: 240_000,
  async run(context) {
    const folder = await context.folder();
    const entry = { command: process.execPath, args: [COUNTER] };
    await writeFile(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { counter: entry } }));
    const host = await startChild(context, 'supervisor', { args: [folder] });
    const address = await host.call('address');
    const { client_key } = await createClient(address);
    const clients = await Promise.all(Array.from({ length: AT_ONCE }, () => createSession(address.url, client_key)));
    const amount = context.amount(600, 40);
    const call = (/** @type {number} */ of) => clients[of % AT_ONCE]?.callTool('counter__count', ARGUMENTS);
    await Promise.all(clients.map((_, of) => call(of)));

    const measure = (/** @type {boolean} */ isOn, /** @type {number} */ minutes) => async () => {
      await host.call('activity', isOn);
      const recording = { method: 'PUT', key: address.key, body: { minutes } };
      mustBe(await ask(`${address.url}/api/mcp/activity/recording`, recording), 200);
      const single = [];
      for (let made = 0; made < amount / 4; made++) {
        const begin = performance.now();
        await call(0);
        single.push(performance.now() - begin);
      }
      const begin = performance.now();
      const some = async (/** @type {number} */ of) => {
        for (let made = 0; made < amount / AT_ONCE; made++) await call(of);
      };
      await Promise.all(clients.map((_, of) => some(of)));
      return { p50: median(single), each: (performance.now() - begin) / amount };
    };
    await measure(true, 0)();
    const { none, rows, contents } = await inTurns(context.runs, {
      none: measure(false, 0),
      rows: measure(true, 0),
      contents: measure(true, 60),
    });
    return {
      rows: [
        ...rowsOf('with activity', 'without it', rows, none),
        ...rowsOf('with contents recorded', 'with activity alone', contents, rows),
      ],
      notes: [
        `Calls of a tool of a server over stdio, each with 2 kB of arguments and 8 kB of result, through a whole Holdfast on real sockets. "Each" is the time of ${AT_ONCE} clients together divided by their calls: 1,000 divided by it are calls a second. Activity cannot be switched off in the product; the bench does it from inside.`,
      ],
    };
  },
};

/** @typedef {readonly { p50: number, each: number }[]} Samples */

/**
 * @param {string} what
 * @param {string} beside
 * @param {Samples} ours
 * @param {Samples} floor
 * @returns {import('../report/rows.mjs').Row[]}
 */
function rowsOf(what, beside, ours, floor) {
  const common = { unit: 'ms', beside, relation: /** @type {const} */ ('cost') };
  return [
    { what: `p50 of a call, ${what}`, ...common, ours: ours.map(({ p50 }) => p50), floor: floor.map(({ p50 }) => p50) },
    {
      what: `each call, ${AT_ONCE} at once, ${what}`,
      ...common,
      ours: ours.map(({ each }) => each),
      floor: floor.map(({ each }) => each),
    },
  ];
}
