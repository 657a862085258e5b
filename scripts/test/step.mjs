import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder, repositoryRoot } from '../runtime/files/paths.mjs';
import { run } from '../runtime/system/child.mjs';
import { reasonOf, SetupError } from '../runtime/terminal/errors.mjs';
import { emptyTally } from './report.mjs';

/** @typedef {import('./report.mjs').Tally} Tally */

/**
 * How a command ended.
 *
 * @typedef {object} Ended
 * @property {string} [problem] why it failed
 * @property {string} [printed] what it printed, unless that went to the terminal
 *
 * @typedef {object} Options
 * @property {number} timeoutMs
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] send the output to the terminal as it comes; otherwise it is kept
 */

const RESULTS = join(repositoryRoot, 'test-results');
/** Tools that print to a pipe leave out the colours, also where the text reaches a terminal in the end. */
const COLOURS = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};

/**
 * Runs a tool from node_modules.
 *
 * @param {string} name the package's
 * @param {string} bin the command's, as in the package's `bin`
 * @param {readonly string[]} args
 * @param {Options} options
 * @returns {Promise<Ended>}
 */
export async function tool(name, bin, args, options) {
  const folder = packageFolder(name);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const script = join(folder, typeof about.bin === 'string' ? about.bin : about.bin[bin]);
  return node(script, args, options);
}

/**
 * Runs a script.
 *
 * @param {string} script
 * @param {readonly string[]} args
 * @param {Options} options
 * @returns {Promise<Ended>}
 */
export async function node(script, args, { timeoutMs, env = process.env, show = false }) {
  const outcome = await run(process.execPath, [script, ...args], {
    timeoutMs,
    cwd: repositoryRoot,
    env: show ? env : { ...env, ...COLOURS },
    show,
  });
  const { code, failure } = outcome;
  const how = failure === 'timeout' ? `did not end in ${timeoutMs / 60_000} min` : `ended with code ${code}`;
  const printed = (outcome.isCut ? '(the beginning is left out)\n' : '') + outcome.stdout + outcome.stderr;
  return { problem: code === 0 ? undefined : how, printed };
}

/**
 * A step that passes or fails as a whole. Its output stands below its heading once it has ended, so that several may run at
 * the same time.
 *
 * @param {string} heading
 * @param {Promise<Ended>} ending
 * @returns {Promise<Tally>}
 */
export async function claim(heading, ending) {
  const { problem, printed = '' } = await ending.catch((error) => ({
    problem: 'failed',
    printed: error instanceof SetupError ? error.message : reasonOf(error),
  }));
  write(heading, printed);
  return problem ? { ...emptyTally(), failed: [`${heading} (${problem})`] } : { ...emptyTally(), passed: 1 };
}

/**
 * Several steps that run at the same time, each as {@link claim}, in their order.
 *
 * @param {readonly (readonly [heading: string, ending: Promise<Ended>])[]} steps
 * @returns {Promise<Tally[]>}
 */
export async function claimAll(steps) {
  // One that fails before its turn would end this process.
  for (const [, ending] of steps) ending.catch(() => {});
  const tallies = [];
  for (const [heading, ending] of steps) tallies.push(await claim(heading, ending));
  return tallies;
}

/**
 * A step that runs many tests.
 *
 * @template Report
 * @param {string} heading
 * @param {string} file where the runner leaves its JSON report, inside `test-results`
 * @param {(report: Report) => Tally} read
 * @param {(show: boolean) => Promise<Ended>} runner
 * @param {{ show?: boolean, until?: Promise<unknown> }} [options] `show` sends its output to the terminal as it comes; otherwise
 *   all of it stands there at the end, once `until` has ended, too, whose own output comes meanwhile
 * @returns {Promise<Tally>}
 */
export async function tests(heading, file, read, runner, { show = true, until } = {}) {
  let isHeaded = show;
  if (show) write(heading);
  try {
    await rm(join(RESULTS, file), { force: true });
    const { problem, printed } = await runner(show);
    if (!show) {
      await until;
      write(heading, printed);
      isHeaded = true;
    }
    const tally = read(JSON.parse(readFileSync(join(RESULTS, file), 'utf8')));
    // An error outside any test fails the run as well.
    if (problem && tally.failed.length === 0) tally.failed.push(`${heading} (${problem})`);
    return tally;
  } catch (error) {
    const text = error instanceof SetupError ? error.message : reasonOf(error);
    if (isHeaded) process.stdout.write(`${text}\n`);
    else {
      await until;
      write(heading, text);
    }
    return { ...emptyTally(), failed: [heading] };
  }
}

/** @param {string} heading @param {string} [text] */
function write(heading, text = '') {
  process.stdout.write(`\n== ${heading}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`);
}
