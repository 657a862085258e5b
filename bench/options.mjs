import { parseArgs } from 'node:util';
import { SetupError } from '../scripts/runtime/terminal/errors.mjs';

const RUNS = 5;

/**
 * @typedef {object} Options
 * @property {string[]} names benches to run
 * @property {number} runs paired runs of each
 * @property {boolean} quick fewer runs and smaller amounts: shows that everything works, its numbers are worth nothing
 * @property {string | undefined} json file for the whole result
 * @property {boolean} write put the tables of what was run into docs/benchmarks.md
 */

/** @param {readonly string[]} known */
const usage = (known) => `npm run bench -- [--quick] [--json FILE] [--write] [name ...]\nNames: ${known.join(', ')}`;

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} known names of all benches
 * @returns {Options}
 * @throws {SetupError} which says how to call it
 */
export function readOptions(args, known) {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { quick: { type: 'boolean' }, json: { type: 'string' }, write: { type: 'boolean' } },
    });
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, usage(known));
  }
  const { positionals, values } = parsed;
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new SetupError(`There is no bench called ${unknown.join(', ')}.`, usage(known));
  const { quick = false, write = false, json } = values;
  if (write && quick) {
    throw new SetupError(
      'The numbers of a quick run are worth nothing: they are not written into docs/benchmarks.md.',
      'npm run bench -- --write',
    );
  }
  return { names: positionals.length > 0 ? positionals : [...known], runs: quick ? 2 : RUNS, quick, json, write };
}
