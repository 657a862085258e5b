// @ts-check
// npm run doctor: checks a running Holdfast from outside, by doing what clients do. `--json` for programs.
import { parseArgs } from 'node:util';
import { dataFolder, findRunning } from './doctor/find.mjs';
import { runChecks } from './doctor/run.mjs';
import { tidyUp } from './doctor/tidy-up.mjs';
import { World } from './doctor/world.mjs';
import { reasonOf, runMain, SetupError } from './runtime/errors.mjs';

const USAGE = 'npm run doctor [-- --json]';
const MARKS = { ok: '✓', failed: '✗', skipped: '–', not_run: '–' };

function readOptions() {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values;
  } catch (error) {
    throw new SetupError(reasonOf(error), USAGE);
  }
}

/** @param {import('./doctor/run.mjs').Outcome} outcome */
const line = ({ name, result, detail }) =>
  `${MARKS[result]} ${result === 'failed' ? `FAILED ${name}` : name}: ${detail}\n`;

await runMain(async () => {
  const { json } = readOptions();
  /** @type {import('./doctor/run.mjs').Outcome[]} */
  const checks = [];
  const print = (/** @type {unknown} */ value) => process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  let running;
  try {
    running = findRunning(dataFolder());
  } catch (error) {
    if (json && error instanceof SetupError) {
      print({ ok: false, problem: error.message, checks });
      return 1;
    }
    throw error;
  }
  const world = new World(running);
  process.once('SIGINT', () => void tidyUp(world).finally(() => process.exit(130)));
  const ok = await runChecks(world, (outcome) => {
    checks.push(outcome);
    if (!json) process.stdout.write(line(outcome));
  });
  if (json) print({ ok, url: running.url, version: running.version, checks });
  else process.stdout.write(ok ? '\nHoldfast is well.\n' : '\nSomething is wrong: see the lines marked FAILED.\n');
  return ok ? 0 : 1;
});
