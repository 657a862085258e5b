import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { unreachable } from '../downloads/reachable.mjs';
import { withLock } from '../files/lock.mjs';
import { cacheFolder, packageFolder } from '../files/paths.mjs';
import { run, tail } from '../system/child.mjs';
import { step } from '../terminal/log.mjs';

/** Electron as its makers publish it: the npm package, and the binary that its installer downloads. */

const PROBE_MS = 8_000;
/** A slow line is no reason to give up: 120 MB in this time is 100 kB/s. */
const INSTALL_MS = 20 * 60_000;

/** @param {string} file inside the package */
function read(file) {
  try {
    return readFileSync(join(packageFolder('electron'), file), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** @returns {string} the version in package.json, for example `45.4.1` */
export function ownElectronVersion() {
  return JSON.parse(readFileSync(join(packageFolder('electron'), 'package.json'), 'utf8')).version;
}

/**
 * @returns {string | undefined} the folder of the downloaded binary, if it is complete and of the right version
 */
export function ownElectronFolder() {
  const folder = join(packageFolder('electron'), 'dist');
  const executable = read('path.txt');
  if (!executable || read('dist/version')?.replace(/^v/, '') !== ownElectronVersion()) return undefined;
  return existsSync(join(folder, executable)) ? folder : undefined;
}

/**
 * Runs Electron's own installer.
 *
 * @returns {Promise<{ folder: string } | { reason: string }>} the binary's folder, or why there is none
 */
export async function installOwnElectron() {
  const version = ownElectronVersion();
  return withLock(join(cacheFolder(), 'electron', 'own.lock'), async () => {
    const done = ownElectronFolder();
    if (done) return { folder: done };
    // Through a proxy the host itself need not answer, and a cached archive needs no host.
    const mayHang = !process.env.ELECTRON_GET_USE_PROXY && !(await isArchiveCached(version));
    const reason = mayHang ? await unreachable(downloadHost(), PROBE_MS) : undefined;
    if (reason) return { reason };
    const outcome = await step(`downloading Electron ${version} (about 120 MB, once)`, () =>
      run(process.execPath, [join(packageFolder('electron'), 'install.js')], { timeoutMs: INSTALL_MS }),
    );
    const folder = ownElectronFolder();
    if (folder) return { folder };
    const complaint = outcome.stderr.split('\n').find((line) => line.includes('Error'));
    return { reason: complaint?.trim() ?? (tail(outcome, 1) || `its installer ended with code ${outcome.code}`) };
  });
}

/** The address that Electron's installer would download from, mirrors included. */
function downloadHost() {
  const { env } = process;
  return (
    env.npm_config_electron_mirror || env.NPM_CONFIG_ELECTRON_MIRROR || env.ELECTRON_MIRROR || 'https://github.com/'
  );
}

/** @param {string} version */
async function isArchiveCached(version) {
  const name = `electron-v${version}-${process.platform}-${process.arch}.zip`;
  const folder = installerCache();
  const groups = await readdir(folder).catch(() => []);
  return groups.some((group) => existsSync(join(folder, group, name)));
}

/** Where Electron's installer keeps its archives. */
function installerCache() {
  const { env, platform } = process;
  if (env.electron_config_cache) return env.electron_config_cache;
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'electron');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? '', 'electron', 'Cache');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'electron');
}
