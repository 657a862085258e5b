import { ensureBrowser } from './browser.mjs';
import { ensureDisplay } from './display.mjs';
import { electronFlags, ensureElectron } from './electron/electron.mjs';
import { ensureLibraries } from './electron/libraries.mjs';
import { ensureSqlite, thisNode } from './sqlite.mjs';
import { mustRun } from './system/child.mjs';

/** The Node-API of the Electron in package.json (every one since 35), and of the one in the registry. */
const KNOWN_NAPI = { own: 10, registry: 9 };

/**
 * @typedef {object} ReadyRuntime
 * @property {import('./electron/electron.mjs').Electron | undefined} electron when it was asked for
 * @property {string | undefined} browser the executable of a Chrome or Chromium, when it was asked for
 * @property {NodeJS.ProcessEnv} env this process's environment, plus what leads child processes to the runtime
 * @property {string[]} flags what Electron is to be started with here, before the app's folder
 * @property {() => Promise<void>} stop ends what was started for it (the display)
 */

/**
 * Makes sure that everything Holdfast runs on is there, downloading, compiling and installing what is not: better-sqlite3
 * for the Node in use, and on request Electron with its system libraries, a display, and a browser for tests. Prints
 * nothing when all is in place. Safe to run twice at the same time, and to interrupt.
 *
 * @param {{ electron?: boolean, browser?: boolean, display?: boolean }} [wanted]
 * @returns {Promise<ReadyRuntime>}
 * @throws {import('./terminal/errors.mjs').SetupError} which says what to do, when something is missing and cannot be had
 */
export async function ensureRuntime({ electron: wantsElectron, browser: wantsBrowser, display: wantsDisplay } = {}) {
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
  const display = wantsDisplay ? await ensureDisplay() : undefined;
  const flags = electronFlags();
  // A machine without a display has no desktop bus and no GPU either; Chromium would go on about it on the terminal.
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
