import { spawnSync } from 'node:child_process';
import { findCommand } from './files/paths.mjs';
import { ensurePackages } from './system/apt.mjs';
import { SetupError } from './terminal/errors.mjs';
import { say } from './terminal/log.mjs';

/** What a keychain of the tests' own is made of. */
const COMMANDS = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'];
/** Chromium loads it on demand. */
const LIBRARY = 'libsecret-1.so.0';
const PACKAGES = ['dbus', 'gnome-keyring', 'libsecret-1-0'];

/**
 * Why there can be no keychain for tests on this machine. Installs nothing.
 *
 * @returns {string | undefined} a sentence; undefined when there can be one
 */
export function whyNoKeyring() {
  if (process.platform !== 'linux') return 'Only on Linux can a test have a keychain of its own.';
  const missing = COMMANDS.filter((name) => !findCommand([name]));
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8', timeout: 20_000 });
  if (!stdout?.includes(LIBRARY)) missing.push(LIBRARY);
  return missing.length > 0 ? `The tests of the keychain need ${missing.join(', ')}.` : undefined;
}

/**
 * Installs what a keychain for tests needs, where this process may. Where it may not, it says which tests are skipped for
 * that: nobody has to become root to test the rest.
 *
 * @returns {Promise<void>}
 */
export async function ensureKeyring() {
  if (process.platform !== 'linux') return;
  try {
    await ensurePackages({
      problem: 'There is no keychain for the tests.',
      packages: PACKAGES,
      elsewhere: 'Install gnome-keyring, D-Bus and libsecret.',
      isThere: () => whyNoKeyring() === undefined,
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`the end-to-end test of the keychain will be skipped: ${error.message}`);
  }
}
