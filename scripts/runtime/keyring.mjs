import { findCommand } from './files/paths.mjs';
import { ensureForTests, hasLibrary } from './system/for-tests.mjs';

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
  if (!hasLibrary(LIBRARY)) missing.push(LIBRARY);
  return missing.length > 0 ? `The tests of the keychain need ${missing.join(', ')}.` : undefined;
}

/**
 * Installs what a keychain for tests needs, where this process may.
 *
 * @returns {Promise<void>}
 */
export const ensureKeyring = () =>
  ensureForTests('the end-to-end test of the keychain', {
    problem: 'There is no keychain for the tests.',
    packages: PACKAGES,
    elsewhere: 'Install gnome-keyring, D-Bus and libsecret.',
    isThere: () => whyNoKeyring() === undefined,
  });
