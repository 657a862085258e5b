import { spawnSync } from 'node:child_process';
import { SetupError } from '../terminal/errors.mjs';
import { say } from '../terminal/log.mjs';
import { ensurePackages } from './apt.mjs';

/**
 * Whether the dynamic linker finds a shared library.
 *
 * @param {string} file its name, such as `libsecret-1.so.0`
 */
export function hasLibrary(file) {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8', timeout: 20_000 });
  return stdout?.includes(file) ?? false;
}

/**
 * Installs what some tests need, where this process may. Where it may not, it says which tests are skipped for that: nobody
 * has to become root to test the rest.
 *
 * @param {string} skipped the tests, as the subject of a sentence
 * @param {Parameters<typeof ensurePackages>[0]} need
 * @returns {Promise<void>}
 */
export async function ensureForTests(skipped, need) {
  if (process.platform !== 'linux') return;
  try {
    await ensurePackages(need);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`${skipped} will be skipped: ${error.message}`);
  }
}
