// npm test: sets up what the tests need and runs them all. `npm test -- unit e2e` runs some of the steps.
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { packageFolder, repositoryRoot } from './runtime/files/paths.mjs';
import { run } from './runtime/system/child.mjs';
import { reasonOf, runMain, SetupError } from './runtime/terminal/errors.mjs';
import {
  addUp,
  afterSecondTry,
  emptyTally,
  failedFiles,
  summary,
  tallyPlaywright,
  tallyVitest,
} from './test/report.mjs';

/** @typedef {import('./test/report.mjs').Tally} Tally */

const STEPS = ['lint', 'types', 'deadcode', 'build', 'unit', 'integration', 'renderer', 'package', 'e2e'];
/** The projects of Vitest that each step runs; one after the other where a project wants the machine for itself. */
const PROJECTS = {
  unit: ['unit'],
  integration: ['integration', 'durable'],
  renderer: ['renderer'],
  package: ['package'],
};
const STATIC_MS = 10 * 60_000;
/** Twice what they take on two cores: a busy machine is slow, not broken. */
const TESTS_MS = 50 * 60_000;
/** More failures than these are no accident. */
const MAX_FILES_AGAIN = 5;
const RESULTS = join(repositoryRoot, 'test-results');

/**
 * Runs a tool from node_modules with its output on the terminal.
 *
 * @param {string} name the package's
 * @param {string} bin the command's, as in the package's `bin`
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>} why it failed
 */
async function tool(name, bin, args, timeoutMs, env) {
  const folder = packageFolder(name);
  const about = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const script = join(folder, typeof about.bin === 'string' ? about.bin : about.bin[bin]);
  return node(script, args, timeoutMs, env);
}

/**
 * Runs a script, its output on the terminal.
 *
 * @param {string} script
 * @param {readonly string[]} args
 * @param {number} timeoutMs
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<string | undefined>} why it failed
 */
async function node(script, args, timeoutMs, env) {
  const { code, failure } = await run(process.execPath, [script, ...args], {
    timeoutMs,
    cwd: repositoryRoot,
    env,
    show: true,
  });
  if (code === 0) return undefined;
  return failure === 'timeout' ? `did not end in ${timeoutMs / 60_000} min` : `ended with code ${code}`;
}

/**
 * @param {string} heading
 * @param {() => Promise<Tally>} work
 * @returns {Promise<Tally>}
 */
async function under(heading, work) {
  process.stdout.write(`\n== ${heading}\n`);
  try {
    return await work();
  } catch (error) {
    process.stdout.write(`${error instanceof SetupError ? error.message : reasonOf(error)}\n`);
    return { ...emptyTally(), failed: [heading] };
  }
}

/**
 * A step that passes or fails as a whole.
 *
 * @param {string} heading
 * @param {() => Promise<string | undefined>} check
 */
const claim = (heading, check) =>
  under(heading, async () => {
    const problem = await check();
    return problem ? { ...emptyTally(), failed: [`${heading} (${problem})`] } : { ...emptyTally(), passed: 1 };
  });

/**
 * A step that runs many tests.
 *
 * @template Report
 * @param {string} heading
 * @param {string} file where the runner leaves its JSON report, inside `test-results`
 * @param {(report: Report) => Tally} read
 * @param {() => Promise<string | undefined>} runner
 */
const tests = (heading, file, read, runner) =>
  under(heading, async () => {
    await rm(join(RESULTS, file), { force: true });
    const problem = await runner();
    const tally = read(JSON.parse(readFileSync(join(RESULTS, file), 'utf8')));
    // An error outside any test fails the run as well.
    if (problem && tally.failed.length === 0) tally.failed.push(`${heading} (${problem})`);
    return tally;
  });

/**
 * Runs the tests of Vitest. On a build machine that is busy with something else a test may miss its time: there, a few
 * files with failures are run once more, by themselves, and what passes only then is named.
 *
 * @param {readonly string[]} projects
 * @param {NodeJS.ProcessEnv | undefined} env
 */
async function vitest(projects, env) {
  const args = ['run', ...projects.flatMap((name) => ['--project', name])];
  const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=test-results/vitest.json'];
  /** @type {string[]} */
  let failing = [];
  const runner = (/** @type {readonly string[]} */ files) => async () =>
    tool('vitest', 'vitest', [...args, ...reporters, ...files], TESTS_MS, env);
  const read = (/** @type {import('./test/report.mjs').VitestReport} */ report) => {
    failing = failedFiles(report);
    return tallyVitest(report);
  };
  const heading = `${projects.join(', ')}: vitest`;
  const first = await tests(heading, 'vitest.json', read, runner([]));
  if (!process.env.CI || failing.length === 0 || failing.length > MAX_FILES_AGAIN) return first;
  return afterSecondTry(first, await tests(`${heading}, again`, 'vitest.json', read, runner(failing)));
}

/** @param {readonly string[]} asked */
function chosenSteps(asked) {
  const unknown = asked.filter((name) => !STEPS.includes(name));
  if (unknown.length > 0) {
    throw new SetupError(`There is no step called ${unknown.join(', ')}.`, `npm test -- [${STEPS.join(' | ')}] ...`);
  }
  return asked.length > 0 ? asked : STEPS;
}

await runMain(async () => {
  const steps = chosenSteps(process.argv.slice(2));
  const has = (/** @type {string} */ name) => steps.includes(name);
  const app = has('integration') || has('e2e') || has('package');
  const { env, stop } = await ensureRuntime({
    electron: app,
    browser: app || has('renderer'),
    display: app,
    keyring: has('e2e'),
  });
  /** @type {Tally[]} */
  const tallies = [];
  try {
    if (has('lint')) {
      tallies.push(await claim('lint: biome', () => tool('@biomejs/biome', 'biome', ['check', '.'], STATIC_MS)));
      tallies.push(await claim('lint: imports', () => node(join(repositoryRoot, 'scripts/lint.mjs'), [], STATIC_MS)));
    }
    if (has('types')) {
      tallies.push(await claim('types: tsc', () => tool('typescript', 'tsc', ['--noEmit', '-p', '.'], STATIC_MS)));
    }
    if (has('deadcode')) tallies.push(await claim('deadcode: knip', () => tool('knip', 'knip', [], STATIC_MS)));
    let built = true;
    if (has('build') || has('e2e') || has('integration')) {
      const tally = await claim('build: electron-vite', async () => {
        await ensureBuild({ force: has('build'), show: true });
        return undefined;
      });
      built = tally.passed === 1;
      if (has('build') || !built) tallies.push(tally);
    }
    const projects = Object.entries(PROJECTS).flatMap(([step, names]) => (has(step) ? names : []));
    if (projects.length > 0) {
      tallies.push(await vitest(projects, env));
    }
    if (has('e2e') && !built) process.stdout.write('\n== e2e: not run, there is no build\n');
    if (has('e2e') && built) {
      tallies.push(
        await tests('e2e: playwright', 'e2e.json', tallyPlaywright, () =>
          tool('@playwright/test', 'playwright', ['test'], TESTS_MS, env),
        ),
      );
    }
  } finally {
    await stop();
  }
  const all = addUp(tallies);
  process.stdout.write(`\n${summary(all)}\n`);
  return all.failed.length > 0 || all.passed === 0 ? 1 : 0;
});
