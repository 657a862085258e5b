import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../scripts/runtime/files/atomic.mjs';
import { withLock } from '../../scripts/runtime/files/lock.mjs';
import { cacheFolder } from '../../scripts/runtime/files/paths.mjs';
import { run, tail } from '../../scripts/runtime/system/child.mjs';
import { SetupError } from '../../scripts/runtime/terminal/errors.mjs';
import { step } from '../../scripts/runtime/terminal/log.mjs';

/** The programs that Holdfast is compared with, in the versions that were measured. */
const VERSIONS = { 'mcp-proxy': '6.7.19', supergateway: '4.0.0', 'mcp-hub': '4.2.1' };
const INSTALL_MS = 10 * 60_000;

/**
 * Installs the peers into the user's cache folder, once. They are not dependencies of Holdfast.
 *
 * @returns {Promise<string>} the `node_modules` they are in
 */
export async function ensurePeers() {
  const wanted = JSON.stringify({ private: true, dependencies: VERSIONS });
  const name = `peers-${createHash('sha256').update(wanted).digest('hex').slice(0, 12)}`;
  const folder = join(cacheFolder(), name);
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(modules)) return;
    await step('installing the programs to compare with', () =>
      makeFolder(folder, (partial) => install(partial, wanted)),
    );
  });
  return modules;
}

/**
 * @param {string} folder
 * @param {string} wanted
 */
async function install(folder, wanted) {
  await writeFile(join(folder, 'package.json'), wanted);
  // Under `npm run` this is the npm in use, which may not be on PATH.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const [command, ...before] = npm;
  const args = [...before, 'install', '--no-audit', '--no-fund', '--ignore-scripts', '--engine-strict=false'];
  const outcome = await run(/** @type {string} */ (command), args, { timeoutMs: INSTALL_MS, cwd: folder });
  if (outcome.code !== 0) throw new SetupError('The programs to compare with could not be installed.', tail(outcome));
}
