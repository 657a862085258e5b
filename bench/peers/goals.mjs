import { summarize } from '../report/rows.mjs';
import { SIZES } from './bulk.mjs';

/** @typedef {import('./numbers.mjs').Numbers} Numbers */
/** @typedef {Readonly<Record<string, readonly Numbers[]>>} Measured by subject, run by run */

const SHARED = 'holdfast-shared';
const OWN = { [SHARED]: 'shared', 'holdfast-per-session': 'per session' };
const BARE = 'bare';
const PROXY = 'mcp-proxy';
const PEERS = [PROXY, 'supergateway', 'mcp-hub'];
const WITHIN_MS = 1_000;

/**
 * The goals, each judged by the ratio within the same run.
 *
 * @param {Measured} measured
 * @param {Readonly<Record<string, readonly (readonly import('./bulk.mjs').Bulk[])[]>>} bulk
 * @param {Readonly<Record<string, readonly (readonly number[])[]>>} recovery milliseconds of each session, by subject and run
 * @returns {ReturnType<typeof summarize>[]}
 */
export function judge(measured, bulk, recovery) {
  const of = (/** @type {string} */ name, /** @type {keyof Numbers} */ key) =>
    (measured[name] ?? []).map((run) => run[key]);
  /** The best peer of each run. */
  const best = (/** @type {keyof Numbers} */ key, /** @type {(...values: number[]) => number} */ pick) =>
    of(PROXY, key).map((_, run) => pick(...PEERS.map((name) => of(name, key)[run] ?? Number.NaN)));
  const cost = /** @type {const} */ ({ relation: 'cost' });
  /** @type {import('../report/rows.mjs').Row[]} */
  const rows = [];
  for (const [name, policy] of Object.entries(OWN)) {
    const beside = { beside: 'the bare front' };
    rows.push(
      {
        what: `p50 of a call, ${policy}`,
        unit: 'ms',
        ...cost,
        ...beside,
        ours: of(name, 'p50'),
        floor: of(BARE, 'p50'),
        goals: [{ of: 'ratio', most: 1.15 }],
      },
      {
        what: `p95 of a call, ${policy}`,
        unit: 'ms',
        ...cost,
        ...beside,
        ours: of(name, 'p95'),
        floor: of(BARE, 'p95'),
        goals: [{ of: 'ratio', most: 1.25 }],
      },
      {
        what: `calls a second of 8 clients, ${policy}`,
        unit: '/s',
        ...cost,
        beside: 'the fastest peer',
        ours: of(name, 'rate'),
        floor: best('rate', Math.max),
        goals: [{ of: 'ratio', least: 1 }],
      },
      {
        what: `memory of the front, 1 session, ${policy}`,
        unit: 'MB',
        ...cost,
        beside: 'the smallest peer',
        ours: of(name, 'front1'),
        floor: best('front1', Math.min),
        goals: [{ of: 'ratio', most: 1 }],
      },
      {
        what: `memory of the front, 10 sessions, ${policy}`,
        unit: 'MB',
        ...cost,
        beside: 'the smallest peer',
        ours: of(name, 'front10'),
        floor: best('front10', Math.min),
        goals: [{ of: 'ratio', most: 1 }],
      },
    );
  }
  for (const [name, policy] of Object.entries(OWN)) {
    for (const [index, size] of SIZES.entries()) {
      const large = (/** @type {string} */ subject, /** @type {keyof import('./bulk.mjs').Bulk} */ key) =>
        (bulk[subject] ?? []).map((run) => run[index]?.[key] ?? Number.NaN);
      const row = { ...cost, beside: 'the bare front', goals: [/** @type {const} */ ({ of: 'ratio', most: 1.5 })] };
      rows.push(
        {
          ...row,
          what: `a result of ${size} MB, ${policy}`,
          unit: 'ms',
          ours: large(name, 'ms'),
          floor: large(BARE, 'ms'),
        },
        {
          ...row,
          what: `memory of the front for it`,
          unit: 'MB',
          ours: large(name, 'memory'),
          floor: large(BARE, 'memory'),
        },
      );
    }
  }
  rows.push({
    what: 'a new session, shared',
    unit: 'ms',
    ...cost,
    beside: PROXY,
    ours: of(SHARED, 'handshake'),
    floor: of(PROXY, 'handshake'),
    goals: [{ of: 'ratio', most: 2 }],
  });
  for (const [name, policy] of Object.entries(OWN)) {
    const shares = (recovery[name] ?? []).map(
      (times) => (times.filter((ms) => ms <= WITHIN_MS).length / times.length) * 100,
    );
    rows.push({
      what: `sessions with a good call within 1 s after SIGKILL, ${policy}`,
      unit: '%',
      ours: shares,
      goals: [{ of: 'value', least: 100 }],
    });
  }
  return rows.map(summarize);
}
