import { statSync } from 'node:fs';
import { join } from 'node:path';
import { inTurns } from '../report/rows.mjs';
import { startChild } from '../support/child.mjs';
import { timeNothing, timeStart } from './start.mjs';

const LARGE_MB = 100;
const EVENTS = 600_000;

/** @type {import('../report/rows.mjs').Bench} */
export const startLarge = {
  name: 'start-large',
  title: 'From process start to listening, with a large database',
  boundMs: 300_000,
  async run(context) {
    const folder = await context.folder();
    const filler = await startChild(context, 'history', { args: [folder] });
    await filler.call('fill', { events: context.amount(EVENTS, 20_000) });
    await filler.stop();
    // Merges the write-ahead log into the database, as every clean stop does.
    await timeStart(context, folder);
    const size = statSync(join(folder, 'holdfast.db')).size / 1e6;
    if (!context.quick && size < LARGE_MB) throw new Error(`the database has only ${size.toFixed(0)} MB`);
    const floor = () => timeNothing(context);
    const clean = await inTurns(context.runs, { floor, ours: () => timeStart(context, folder) });
    await timeStart(context, folder, 'SIGKILL');
    const killed = await inTurns(context.runs, { floor, ours: () => timeStart(context, folder, 'SIGKILL') });
    const common = { unit: 'ms', relation: /** @type {const} */ ('cost'), beside: 'node -e 0, to its end' };
    return {
      rows: [
        {
          what: 'to the first 200, after a clean stop',
          ...common,
          ours: clean.ours.map(({ answered }) => answered),
          floor: clean.floor,
          goals: [{ of: 'value', most: 500 }],
        },
        {
          what: 'to the first 200, after SIGKILL',
          ...common,
          ours: killed.ours.map(({ answered }) => answered),
          floor: killed.floor,
          goals: [{ of: 'value', most: 500 }],
        },
      ],
      notes: [
        `The database has ${size.toFixed(0)} MB: 30 days of events, with their rollups. The file is in the page cache.`,
      ],
    };
  },
};
