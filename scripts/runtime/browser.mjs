import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { forgetFailure, recentFailure, rememberFailure } from './downloads/attempts.mjs';
import { unreachable } from './downloads/reachable.mjs';
import { withLock } from './files/lock.mjs';
import { cacheFolder, findCommand, packageFolder } from './files/paths.mjs';
import { ensurePackages } from './system/apt.mjs';
import { run, tail } from './system/child.mjs';
import { isRoot } from './system/privilege.mjs';
import { step } from './terminal/log.mjs';

const PROBE_MS = 8_000;
const DOWNLOAD_MS = 20 * 60_000;
/** The shell comes first: without the parts that only a visible browser needs, pages open in half the time. */
const COMMANDS = [
  'chromium-headless-shell',
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'chrome',
];

/** Where Chrome and Chromium are when they have no command on PATH. */
const PLACES = {
  darwin: ['', process.env.HOME ?? ''].flatMap((root) => [
    `${root}/Applications/Google Chrome.app/Contents/MacOS/Google Chrome`,
    `${root}/Applications/Chromium.app/Contents/MacOS/Chromium`,
  ]),
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) =>
    join(process.env[name] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ),
};

/** Playwright's own Chromium, whether downloaded or not. */
function playwrightChromium() {
  /** @type {typeof import('playwright')} */
  const { chromium } = createRequire(import.meta.url)('playwright');
  return chromium.executablePath();
}

/**
 * An installed Chrome or Chromium. Downloads nothing.
 *
 * @returns {string | undefined} its executable
 */
function findBrowser() {
  const places = PLACES[/** @type {keyof typeof PLACES} */ (process.platform)] ?? [];
  return [playwrightChromium(), ...places].find((path) => path && existsSync(path)) ?? findCommand(COMMANDS);
}

/**
 * Makes sure that there is a Chrome or Chromium: an installed one, else Playwright's download, else Debian's package.
 *
 * @returns {Promise<string>} its executable
 * @throws {import('./terminal/errors.mjs').SetupError} when none can be installed
 */
export async function ensureBrowser() {
  const found = findBrowser();
  if (found) return found;
  const reason = await withLock(join(cacheFolder(), 'browser.lock'), download);
  await ensurePackages({
    problem: `The tests need Chrome or Chromium, and Playwright could not download one (${reason}).`,
    packages: ['chromium-headless-shell|chromium'],
    elsewhere:
      'Install Chrome or Chromium, or run this once, then the same command again:\nnpx playwright install chromium',
    isThere: () => findBrowser() !== undefined,
  });
  return /** @type {string} */ (findBrowser());
}

/** @returns {Promise<string | undefined>} why there is still none */
async function download() {
  if (findBrowser()) return undefined;
  const memory = 'chromium';
  const failed = await recentFailure(memory);
  if (failed) return `${failed.reason}; tried ${failed.ago} ago`;
  const host = process.env.PLAYWRIGHT_DOWNLOAD_HOST || 'https://cdn.playwright.dev/';
  let reason = await unreachable(host, PROBE_MS);
  if (!reason) {
    const args = [join(packageFolder('playwright'), 'cli.js'), 'install', 'chromium'];
    const outcome = await step('downloading Chromium for the tests (about 170 MB, once)', () =>
      run(process.execPath, args, { timeoutMs: DOWNLOAD_MS }),
    );
    if (findBrowser()) {
      await forgetFailure(memory);
      return undefined;
    }
    reason = tail(outcome, 1) || `its installer ended with code ${outcome.code}`;
  }
  await rememberFailure(memory, reason);
  return reason;
}

/**
 * Flags for the tests' Chromium. It sends no requests of its own, which a machine without internet would refuse many
 * times a second; as root it runs without its sandbox, with which it would refuse to start.
 *
 * @returns {string[]}
 */
function browserFlags() {
  return [
    ...(isRoot() ? ['--no-sandbox'] : []),
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-domain-reliability',
    '--disable-gpu',
    '--disable-quic',
    '--disable-sync',
    '--no-default-browser-check',
    '--no-first-run',
  ];
}

/**
 * What Playwright's `chromium.launch` needs on this machine. The browser must be there (`npm test` sets it up).
 *
 * @returns {{ executablePath: string, args: string[] }}
 * @throws {Error} when there is none
 */
export function browserLaunchOptions() {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('There is no Chrome or Chromium yet. Run npm test once: it sets one up.');
  return { executablePath, args: browserFlags() };
}
