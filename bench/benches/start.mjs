import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { inTurns } from '../report/rows.mjs';
import { startProgram } from '../support/child.mjs';
import { freePort, spawnHeadless } from '../support/headless.mjs';

const LOOK_MS = 2;
const START_MS = 20_000;

/**
 * @param {number} port
 * @returns {Promise<boolean>} whether the endpoint answers 200 now
 */
const isUp = (port) =>
  new Promise((resolve) => {
    const look = request({ host: '127.0.0.1', port, path: '/api/mcp/health', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    look.once('error', () => resolve(false));
    look.end();
  });

/** @typedef {import('../support/context.mjs').Context} Context */

/**
 * Starts Node with nothing to do.
 *
 * @param {Context} context
 * @returns {Promise<number>} milliseconds to its end
 */
export async function timeNothing(context) {
  const begin = performance.now();
  const { child } = startProgram(context, process.execPath, ['-e', '0'], context.runtime.env);
  await once(child, 'exit');
  return performance.now() - begin;
}

/**
 * Starts Holdfast on a data folder and ends it again.
 *
 * @param {Context} context
 * @param {string} folder
 * @param {NodeJS.Signals} [signal] ends it
 * @returns {Promise<{ answered: number, line: number }>} milliseconds from spawn to the first 200, and to the printed line
 */
export async function timeStart(context, folder, signal = 'SIGTERM') {
  const port = await freePort();
  const { begin, printed, stop } = spawnHeadless(context, folder, port);
  while (!(await isUp(port))) {
    if (performance.now() - begin > START_MS) throw new Error('Holdfast did not answer');
    await delay(LOOK_MS);
  }
  const answered = performance.now() - begin;
  const line = await printed;
  await stop(signal);
  return { answered, line };
}

/** @type {import('../report/rows.mjs').Bench} */
export const start = {
  name: 'start',
  title: 'From process start to listening, without a window',
  boundMs: 120_000,
  async run(context) {
    const bare = () => timeNothing(context);
    const ours = (/** @type {string} */ folder) => timeStart(context, folder);
    const used = await context.folder();
    await bare();
    await ours(used);
    const again = await inTurns(context.runs, { floor: bare, ours: () => ours(used) });
    const first = await inTurns(context.runs, { floor: bare, ours: async () => ours(await context.folder()) });
    const common = { unit: 'ms', relation: /** @type {const} */ ('cost'), beside: 'node -e 0, to its end' };
    return {
      rows: [
        {
          what: 'to the first 200 of /api/mcp/health',
          ...common,
          ours: again.ours.map(({ answered }) => answered),
          floor: again.floor,
          goals: [{ of: 'value', most: 300 }],
        },
        {
          what: 'to the printed line',
          ...common,
          ours: again.ours.map(({ line }) => line),
          floor: again.floor,
          goals: [{ of: 'value', most: 300 }],
        },
        {
          what: 'to the first 200, very first start (creates the database)',
          ...common,
          ours: first.ours.map(({ answered }) => answered),
          floor: first.floor,
        },
      ],
      notes: ['Both are started by the same process with the same Node; the files are in the page cache.'],
    };
  },
};
