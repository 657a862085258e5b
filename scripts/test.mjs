// npm test: sets up what the tests need and runs them all. `npm test -- unit e2e` runs some of the steps.
import { join } from 'node:path';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { repositoryRoot } from './runtime/files/paths.mjs';
import { runMain, SetupError } from './runtime/terminal/errors.mjs';
import { addUp, afterSecondTry, failedFiles, summary, tallyPlaywright, tallyVitest } from './test/report.mjs';
import { claim, claimAll, node, tests, tool } from './test/step.mjs';

/**
 * @typedef {import('./test/report.mjs').Tally} Tally
 * @typedef {import('./test/step.mjs').Ended} Ended
 */

const STEPS = ['lint', 'types', 'deadcode', 'build', 'unit', 'integration', 'renderer', 'package', 'e2e'];
/** Steps that are projects of Vitest. */
const PROJECTS = ['unit', 'integration', 'renderer', 'package'];
const STATIC_MS = 10 * 60_000;
/** Twice what they take on two cores: a busy machine is slow, not broken. */
const TESTS_MS = 50 * 60_000;
/** More failures than these are no accident. */
const MAX_FILES_AGAIN = 5;

/** @param {readonly string[]} asked */
function chosenSteps(asked) {
  const unknown = asked.filter((name) => !STEPS.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`There is no step called ${unknown.join(', ')}.`, `npm test -- [${STEPS.join(' | ')}] ...`);
  }
  return asked.length > 0 ? asked : STEPS;
}

/**
 * What needs the sources alone, all at the same time: no one of them keeps two cores busy.
 *
 * @param {(step: string) => boolean} has
 * @returns {Promise<{ tallies: Tally[], isBuilt: boolean }>}
 */
async function checkSources(has) {
  const limit = { timeoutMs: STATIC_MS };
  /** @type {[string, Promise<Ended>][]} */
  const checks = [];
  if (has('lint')) {
    checks.push(['lint: biome', tool('@biomejs/biome', 'biome', ['check', '.'], limit)]);
    checks.push(['lint: imports', node(join(repositoryRoot, 'scripts/lint.mjs'), [], limit)]);
  }
  if (has('types')) checks.push(['types: tsc', tool('typescript', 'tsc', ['--noEmit', '-p', '.'], limit)]);
  if (has('deadcode')) checks.push(['deadcode: knip', tool('knip', 'knip', [], limit)]);
  const needsBuild = has('e2e') || has('integration');
  const build = has('build') || needsBuild ? ensureBuild({ force: has('build') }).then(() => ({})) : undefined;
  build?.catch(() => {});
  const tallies = await claimAll(checks);
  if (!build) return { tallies, isBuilt: false };
  const built = await claim('build: electron-vite', build);
  if (has('build') || built.passed === 0) tallies.push(built);
  return { tallies, isBuilt: built.passed === 1 };
}

/**
 * Runs projects of Vitest. On a build machine that is busy with something else a test may miss its time: there, a few files
 * with failures are run once more, by themselves, and what passes only then is named.
 *
 * @param {readonly string[]} projects
 * @param {NodeJS.ProcessEnv} env
 * @param {{ report: string, show?: boolean, until?: Promise<unknown> }} options `report`: the file in `test-results`; `show`
 *   as in {@link tests}; `until`: as there, and what has to end before files may be run again
 * @returns {Promise<Tally>}
 */
async function vitest(projects, env, { report, show, until }) {
  const args = ['run', ...projects.flatMap((name) => ['--project', name])];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=test-results/${report}`];
  /** @type {string[]} */
  let failing = [];
  /** @param {readonly string[]} files */
  const runner = (files) => (/** @type {boolean} */ isShown) =>
    tool('vitest', 'vitest', [...args, ...reporters, ...files], { timeoutMs: TESTS_MS, env, show: isShown });
  const read = (/** @type {import('./test/report.mjs').VitestReport} */ found) => {
    failing = failedFiles(found);
    return tallyVitest(found);
  };
  const heading = `${projects.join(', ')}: vitest`;
  const first = await tests(heading, report, read, runner([]), { show, until });
  if (!process.env.CI || failing.length === 0 || failing.length > MAX_FILES_AGAIN) return first;
  await until;
  return afterSecondTry(first, await tests(`${heading}, again`, report, read, runner(failing)));
}

await runMain(async () => {
  const steps = chosenSteps(process.argv.slice(2));
  const has = (/** @type {string} */ name) => steps.includes(name);
  const app = has('integration') || has('e2e') || has('package');
  // It downloads and compiles for a minute, the first time: what needs none of it is checked meanwhile.
  const settingUp = ensureRuntime({
    electron: app,
    browser: app || has('renderer'),
    display: app,
    desktop: has('e2e'),
  });
  settingUp.catch(() => {});
  const { tallies, isBuilt } = await checkSources(has);
  const { env, stop } = await settingUp;
  try {
    const projects = PROJECTS.filter(has);
    if (projects.length > 0) tallies.push(await vitest(projects, env, { report: 'vitest.json' }));
    if (has('e2e') && !isBuilt) process.stdout.write('\n== e2e: not run, there is no build\n');
    const seesWindow = has('e2e') && isBuilt;
    const window = seesWindow
      ? tests('e2e: playwright', 'e2e.json', tallyPlaywright, (show) =>
          tool('@playwright/test', 'playwright', ['test'], { timeoutMs: TESTS_MS, env, show }),
        )
      : undefined;
    // Both mostly wait, and each runs one test at a time.
    const durable = has('integration')
      ? vitest(['durable'], env, { report: 'durable.json', show: !seesWindow, until: window })
      : undefined;
    for (const tally of await Promise.all([window, durable])) if (tally) tallies.push(tally);
  } finally {
    await stop();
  }
  const all = addUp(tallies);
  process.stdout.write(`\n${summary(all)}\n`);
  return all.failed.length > 0 || all.passed === 0 ? 1 : 0;
});
