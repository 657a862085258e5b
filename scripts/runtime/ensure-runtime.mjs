import { ensureBrowser } from './browser.mjs';
import { ensureDisplay } from './display.mjs';
import { electronFlags, ensureElectron } from './electron/electron.mjs';
import { ensureLibraries } from './electron/libraries.mjs';
import { ensureKeyring } from './keyring.mjs';
import { ensureNotifications } from './notifications.mjs';
import { ensureSqlite, thisNode } from './sqlite.mjs';
import { mustRun } from './system/child.mjs';

/** Node-API version of the Electron in package.json (and of every one since 35), and of the one in the registry. */
const KNOWN_NAPI = { own: 10, registry: 9 };

/**
 * @typedef {object} ReadyRuntime
 * @property {import('./electron/electron.mjs').Electron | undefined} electron if it was asked for
 * @property {string | undefined} browser the executable of a Chrome or Chromium, if it was asked for
 * @property {NodeJS.ProcessEnv} env this process's environment, plus what child processes need to find the runtime
 * @property {string[]} flags what Electron needs on this machine, before the app's folder
 * @property {() => Promise<void>} stop ends the display, if one was started
 */

/**
 * Makes sure that everything Holdfast runs on is there, and downloads, compiles or installs what is missing:
 * better-sqlite3 for the Node in use, and on request Electron with its system libraries, a display, and for tests a
 * browser and the rest of a desktop: a keychain and notifications. Prints nothing when nothing is missing. It may run
 * twice at the same time, and may be interrupted.
 *
 * @param {{ electron?: boolean, browser?: boolean, display?: boolean, desktop?: boolean }} [wanted]
 * @returns {Promise<ReadyRuntime>}
 * @throws {import('./terminal/errors.mjs').SetupError} which says what to do, when something is missing and cannot be set up
 */
export async function ensureRuntime({
  electron: wantsElectron,
  browser: wantsBrowser,
  display: wantsDisplay,
  desktop: wantsDesktop,
} = {}) {
  const runtimes = [thisNode()];
  const env = { ...process.env };
  const electron = wantsElectron ? await ensureElectron() : undefined;
  if (electron) {
    await ensureLibraries(electron.executablePath);
    runtimes.push({ name: 'Electron', command: electron.executablePath, napi: await napiOf(electron) });
    // For whatever asks the `electron` package where its binary is.
    env.ELECTRON_OVERRIDE_DIST_PATH = electron.folder;
  }
  await ensureSqlite(runtimes);
  const browser = wantsBrowser ? await ensureBrowser() : undefined;
  if (wantsDesktop) {
    await ensureKeyring();
    await ensureNotifications();
  }
  const display = wantsDisplay ? await ensureDisplay() : undefined;
  const flags = electronFlags();
  // A machine without a display has no desktop bus and no GPU either; Chromium would keep complaining about that on the terminal.
  if (display?.isVirtual) flags.push('--log-level=3');
  return { electron, browser, env: { ...env, ...display?.env }, flags, stop: async () => display?.stop() };
}

/** @param {import('./electron/electron.mjs').Electron} electron */
async function napiOf({ source, executablePath }) {
  if (source !== 'user') return KNOWN_NAPI[source];
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const args = ['-p', 'process.versions.napi'];
  return Number(await mustRun('Asking Electron for its Node-API', executablePath, args, { timeoutMs: 30_000, env }));
}
