import { spreadOf } from './statistics.mjs';

/**
 * How a measurement relates to the one beside it: `cost` is ours / floor (smaller is better), `speed` is floor / ours, both
 * being times (larger is better), `saving` is 1 - ours / floor.
 *
 * @typedef {'cost' | 'speed' | 'saving'} Relation
 *
 * @typedef {object} Goal
 * @property {'ratio' | 'value'} of the relation, or `ours` itself
 * @property {number} [most]
 * @property {number} [least]
 *
 * @typedef {object} Row one line of the table: what was measured, once per run
 * @property {string} what
 * @property {string} unit of `ours` and `floor`
 * @property {readonly number[]} ours
 * @property {string} [beside] what the floor is
 * @property {readonly number[]} [floor] paired with `ours`: the same index is the same run
 * @property {Relation} [relation]
 * @property {readonly Goal[]} [goals]
 *
 * @typedef {{ rows: Row[], notes: string[] }} Measured
 *
 * @typedef {object} Bench
 * @property {string} name as on the command line
 * @property {string} title
 * @property {boolean} [window] needs Electron and a display
 * @property {number} boundMs a run that takes longer has failed
 * @property {(context: import('../support/context.mjs').Context) => Promise<Measured>} run
 */

/** @typedef {ReturnType<typeof summarize>} Summary */

/**
 * Medians, spread, the ratio run by run, and whether each goal was met. The ratio's median is taken over the runs' own
 * ratios: what slowed both sides of one run down cancels out.
 *
 * @param {Row} row
 */
export function summarize({ what, unit, ours, beside, floor, relation, goals = [] }) {
  const ratios = floor && relation && ours.map((value, run) => relate(relation, value, floor[run] ?? Number.NaN));
  const value = spreadOf(ours);
  const ratio = ratios && { ...spreadOf(ratios), runs: ratios };
  return {
    what,
    unit,
    relation,
    beside,
    ratio,
    ours: { ...value, runs: ours },
    floor: floor && { ...spreadOf(floor), runs: floor },
    goals: goals.map((goal) => {
      const judged = (goal.of === 'ratio' ? ratio : value)?.median ?? Number.NaN;
      const met =
        judged <= (goal.most ?? Number.POSITIVE_INFINITY) && judged >= (goal.least ?? Number.NEGATIVE_INFINITY);
      return { ...goal, met };
    }),
  };
}

/**
 * @param {Relation} relation
 * @param {number} ours
 * @param {number} floor
 */
function relate(relation, ours, floor) {
  if (relation === 'cost') return ours / floor;
  return relation === 'speed' ? floor / ours : 1 - ours / floor;
}

/**
 * Measures several sides in turn, in the order given: floor, ours, floor, ours, …
 *
 * @template {Record<string, (run: number) => Promise<unknown>>} S
 * @param {number} runs
 * @param {S} sides
 * @returns {Promise<{ [K in keyof S]: Awaited<ReturnType<S[K]>>[] }>} what each side measured, run by run
 */
export async function inTurns(runs, sides) {
  /** @type {Record<string, unknown[]>} */
  const samples = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  for (let run = 0; run < runs; run++) {
    for (const [side, measure] of Object.entries(sides)) samples[side]?.push(await measure(run));
  }
  return /** @type {{ [K in keyof S]: Awaited<ReturnType<S[K]>>[] }} */ (samples);
}
