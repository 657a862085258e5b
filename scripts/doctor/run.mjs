// @ts-check
import { reasonOf } from '../runtime/errors.mjs';
import { endpointChecks } from './checks/endpoint.mjs';
import { healthUpdateChecks, monitorChecks } from './checks/monitor.mjs';
import { reconnectChecks } from './checks/reconnect.mjs';
import { sessionChecks } from './checks/session.mjs';
import { Failure } from './failure.mjs';
import { tidyUp } from './tidy-up.mjs';
import { NotRun } from './world.mjs';

/** Longer than the longest check can take by its own bounds. */
const CHECK_MS = 60_000;

/**
 * @typedef {import('./world.mjs').World} World
 *
 * @typedef {object} Check
 * @property {string} name
 * @property {(world: World) => Promise<string>} [run] says in words what holds; throws when it does not
 * @property {string} [skip] why it cannot be checked from outside
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {'ok' | 'failed' | 'skipped' | 'not_run'} result
 * @property {string} detail
 * @property {number} ms
 */

/** @type {Check[]} */
const CHECKS = [
  ...endpointChecks,
  ...sessionChecks,
  ...monitorChecks,
  ...reconnectChecks,
  ...healthUpdateChecks,
  { name: 'tidied up', run: tidyUp },
];

/**
 * Runs every check, one after the other; the last one removes what they made.
 *
 * @param {World} world
 * @param {(outcome: Outcome) => void} tell called with each outcome as it comes; without secrets
 * @returns {Promise<boolean>} whether nothing failed
 */
export async function runChecks(world, tell) {
  let healthy = true;
  for (const check of CHECKS) {
    const begin = performance.now();
    const { result, detail } = await outcomeOf(check, world);
    if (result === 'failed' || result === 'not_run') healthy = false;
    const ms = Math.round(performance.now() - begin);
    tell({ name: check.name, result, detail: world.withoutSecrets(detail), ms });
  }
  return healthy;
}

/**
 * @param {Check} check
 * @param {World} world
 * @returns {Promise<Pick<Outcome, 'result' | 'detail'>>}
 */
async function outcomeOf({ run, skip = '' }, world) {
  if (!run) return { result: 'skipped', detail: skip };
  try {
    return { result: 'ok', detail: await within(CHECK_MS, run(world)) };
  } catch (error) {
    if (error instanceof NotRun) return { result: 'not_run', detail: error.message };
    return {
      result: 'failed',
      detail: error instanceof Failure ? error.message : `unexpected answer: ${reasonOf(error)}`,
    };
  }
}

/**
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
function within(ms, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Failure(`did not end in ${ms / 1000} s`)), ms);
  });
  return /** @type {Promise<T>} */ (Promise.race([work, deadline]).finally(() => clearTimeout(timer)));
}
