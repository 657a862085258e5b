import { spawnSync } from 'node:child_process';
import { ensurePackages } from './system/apt.mjs';
import { SetupError } from './terminal/errors.mjs';
import { say } from './terminal/log.mjs';

/** Electron loads it on demand, and shows no notifications without it. */
const LIBRARY = 'libnotify.so.4';

/** Whether Electron can show notifications here. Installs nothing. */
const canNotify = () => {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8', timeout: 20_000 });
  return stdout?.includes(LIBRARY) ?? false;
};

/**
 * Installs what notifications need, where this process may. Where it may not, it says which tests are skipped for that.
 *
 * @returns {Promise<void>}
 */
export async function ensureNotifications() {
  if (process.platform !== 'linux') return;
  try {
    await ensurePackages({
      problem: 'Electron cannot show notifications.',
      packages: ['libnotify4'],
      elsewhere: 'Install libnotify.',
      isThere: canNotify,
    });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`the end-to-end tests of notifications will be skipped: ${error.message}`);
  }
}
