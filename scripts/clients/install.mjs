import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../runtime/files/atomic.mjs';
import { withLock } from '../runtime/files/lock.mjs';
import { cacheFolder } from '../runtime/files/paths.mjs';
import { run, tail } from '../runtime/system/child.mjs';
import { SetupError } from '../runtime/terminal/errors.mjs';
import { say, step } from '../runtime/terminal/log.mjs';

const INSTALL_MS = 10 * 60_000;
const ASK_MS = 60_000;

/**
 * Programs of others that Holdfast connects and that the npm registry has, in the versions that were last run. Each is large,
 * and some have licences of their own: they are fetched for a check and are no dependencies of Holdfast.
 */
const CLIENTS = /** @type {const} */ ({
  'claude-code': { package: '@anthropic-ai/claude-code', version: '2.1.332', bin: 'claude' },
  codex: { package: '@openai/codex', version: '0.171.0', bin: 'codex' },
  gemini: { package: '@google/gemini-cli', version: '0.61.0', bin: 'gemini' },
  opencode: { package: 'opencode-ai', version: '1.18.33', bin: 'opencode' },
  cline: { package: 'cline', version: '3.0.65', bin: 'cline' },
});

/** @typedef {keyof typeof CLIENTS} ClientId */
/** @typedef {{ bin: string, version: string }} Installed the folder with its command, and the version */

/**
 * Installs the clients into the user's cache folder, each once and by itself. One that cannot be had is told of and left out.
 *
 * @param {{ newest?: boolean }} [options] `newest` takes what the registry calls the latest instead of the version above
 * @returns {Promise<Partial<Record<ClientId, Installed>>>} those that are there
 */
export async function ensureClients({ newest = false } = {}) {
  /** @type {Partial<Record<ClientId, Installed>>} */
  const installed = {};
  for (const id of /** @type {ClientId[]} */ (Object.keys(CLIENTS))) {
    try {
      installed[id] = await ensureClient(id, newest);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(`${id} is left out: ${error.message}`);
    }
  }
  return installed;
}

/**
 * @param {ClientId} id
 * @param {boolean} newest
 * @returns {Promise<Installed>}
 */
async function ensureClient(id, newest) {
  const { package: name, version: pinned } = CLIENTS[id];
  const version = newest ? await newestOf(name) : pinned;
  const folder = join(cacheFolder(), 'clients', `${id}-${version}`);
  const bin = join(folder, 'node_modules', '.bin');
  if (!existsSync(bin)) {
    await mkdir(join(cacheFolder(), 'clients'), { recursive: true });
    await withLock(`${folder}.lock`, async () => {
      if (existsSync(bin)) return;
      await step(`installing ${name} ${version}`, () =>
        makeFolder(folder, (partial) => install(partial, name, version)),
      );
    });
  }
  const about = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8'));
  return { bin, version: about.version };
}

/** @returns {[command: string, ...before: string[]]} */
function npm() {
  // Under `npm run` this is the npm in use, which may not be on PATH.
  return process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
}

/** @param {string} name */
async function newestOf(name) {
  const [command, ...before] = npm();
  const outcome = await run(command, [...before, 'view', name, 'version'], { timeoutMs: ASK_MS, cwd: cacheFolder() });
  if (outcome.code !== 0) throw new SetupError(`The registry does not say which ${name} is the newest.`, tail(outcome));
  return outcome.stdout.trim();
}

/**
 * @param {string} folder
 * @param {string} name
 * @param {string} version
 */
async function install(folder, name, version) {
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
  const [command, ...before] = npm();
  const args = [...before, 'install', '--no-audit', '--no-fund', '--engine-strict=false'];
  const outcome = await run(command, args, { timeoutMs: INSTALL_MS, cwd: folder });
  if (outcome.code !== 0) throw new SetupError(`${name} ${version} could not be installed.`, tail(outcome));
}
