import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from './files/lock.mjs';
import { packageFolder, repositoryRoot } from './files/paths.mjs';
import { run, tail } from './system/child.mjs';
import { SetupError } from './terminal/errors.mjs';
import { step } from './terminal/log.mjs';

const BUILD_MS = 10 * 60_000;
const SOURCES = [
  'src',
  'resources',
  'electron.vite.config.ts',
  'scripts/package/update-source.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const RESULTS = [
  'out/main/index.js',
  'out/main/headless.js',
  'out/main/holdfast.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
];

/**
 * Exists if the last build succeeded; its time is when that build began. Without it, a build that was interrupted
 * between its parts would pass for a fresh one.
 */
const STAMP = join(repositoryRoot, 'out', '.built');

/**
 * When anything at or below a path last changed. Folders count too: that is how a deleted file shows.
 *
 * @param {string} path
 * @returns {Promise<number>} milliseconds since the epoch; 0 when there is nothing there
 */
export async function lastChange(path) {
  let about;
  try {
    about = await stat(path);
  } catch {
    return 0;
  }
  if (!about.isDirectory()) return about.mtimeMs;
  const names = await readdir(path);
  const inside = await Promise.all(names.map((name) => lastChange(join(path, name))));
  return Math.max(about.mtimeMs, ...inside);
}

async function isFresh() {
  const built = await lastChange(STAMP);
  if (built === 0) return false;
  const at = (/** @type {string} */ path) => lastChange(join(repositoryRoot, path));
  const results = await Promise.all(RESULTS.map(at));
  if (results.includes(0)) return false;
  return (await Promise.all(SOURCES.map(at))).every((change) => change < built);
}

/**
 * Makes sure that `out/` holds a production build of the current sources.
 *
 * @param {{ force?: boolean, show?: boolean }} [options] `force`: build even when nothing changed; `show`: print the
 *   build's own output
 * @returns {Promise<void>}
 * @throws {SetupError} when the build fails
 */
export async function ensureBuild({ force = false, show = false } = {}) {
  if (!force && (await isFresh())) return;
  await withLock(join(repositoryRoot, 'node_modules', '.holdfast-build.lock'), async () => {
    if (!force && (await isFresh())) return;
    if (show) await build(show);
    else await step('building Holdfast', () => build(show));
  });
}

/** Makes the next {@link ensureBuild} build, whatever is in `out/`. */
export async function forgetBuild() {
  await rm(STAMP, { force: true });
}

/** @param {boolean} show */
async function build(show) {
  const begin = new Date();
  await forgetBuild();
  const vite = join(packageFolder('electron-vite'), 'bin', 'electron-vite.js');
  const outcome = await run(process.execPath, [vite, 'build'], { timeoutMs: BUILD_MS, cwd: repositoryRoot, show });
  if (outcome.code !== 0) throw new SetupError('The build failed.', tail(outcome, 40));
  await mkdir(join(repositoryRoot, 'out'), { recursive: true });
  await writeFile(STAMP, '');
  await utimes(STAMP, begin, begin);
}
