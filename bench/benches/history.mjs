import { inTurns } from '../report/rows.mjs';
import { median } from '../report/statistics.mjs';
import { startChild } from '../support/child.mjs';

/** How often each query is timed in one run: the raw ones of the long ranges take a second. */
const RANGES = /** @type {const} */ ([
  ['1h', 20],
  ['24h', 20],
  ['7d', 5],
  ['30d', 2],
]);

/** @type {import('../report/rows.mjs').Bench} */
export const history = {
  name: 'history',
  title: 'History over 1,000,000 events',
  boundMs: 240_000,
  async run(context) {
    const events = context.amount(1_000_000, 50_000);
    const host = await startChild(context, 'history', {
      args: [await context.folder()],
    });
    const { seconds } = await host.call('fill', { events });
    /** @type {import('../report/rows.mjs').Row[]} */
    const rows = [];
    for (const [range, times] of RANGES) {
      const measure = (/** @type {'ours' | 'raw'} */ side) => async () => {
        const { ms, events: seen } = await host.call(side, { range, times });
        if (seen === 0) throw new Error(`the ${side} query over ${range} found no calls`);
        return median(ms);
      };
      const samples = await inTurns(context.runs, { floor: measure('raw'), ours: measure('ours') });
      /** @type {import('../report/rows.mjs').Goal[]} */
      const goals = [{ of: 'value', most: 20 }];
      if (range === '30d') goals.push({ of: 'ratio', least: 5 });
      rows.push({ what: `history of ${range}`, unit: 'ms', ...samples, relation: 'speed', beside: 'raw query', goals });
    }
    return {
      rows,
      notes: [
        `${events.toLocaleString('en-US')} events over 30 days were appended through the store, rollups and all, in ${seconds.toFixed(0)} s.`,
        'The raw query counts the events by bucket, kind and cause. It computes neither percentiles nor live sessions, which history does.',
      ],
    };
  },
};
