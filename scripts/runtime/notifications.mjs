import { ensureForTests, hasLibrary } from './system/for-tests.mjs';

/** Electron loads it on demand, and shows no notifications without it. */
const LIBRARY = 'libnotify.so.4';

/**
 * Installs what tests of notifications need, where this process may.
 *
 * @returns {Promise<void>}
 */
export const ensureNotifications = () =>
  ensureForTests('the end-to-end tests of notifications', {
    problem: 'Electron cannot show notifications.',
    packages: ['libnotify4'],
    elsewhere: 'Install libnotify.',
    isThere: () => hasLibrary(LIBRARY),
  });
