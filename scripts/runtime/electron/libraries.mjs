import { ensurePackages } from '../system/apt.mjs';
import { run } from '../system/child.mjs';

/** Debian's packages for Electron, including what it loads only on demand. */
const PACKAGES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libatk-bridge2.0-0',
  'libdrm2',
  'libxshmfence1',
  'libxss1',
  'libsecret-1-0',
  'libnotify4',
  'fonts-dejavu-core',
];

/**
 * The shared libraries a program needs and the machine lacks.
 *
 * @param {string} executable
 * @returns {Promise<string[]>} their file names; none where there is no `ldd`
 */
async function missingLibraries(executable) {
  if (process.platform !== 'linux') return [];
  const { stdout } = await run('ldd', [executable], { timeoutMs: 20_000 });
  return [...new Set([...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map((match) => match[1] ?? ''))];
}

/**
 * Makes sure that the machine has the libraries Electron is linked to.
 *
 * @param {string} executable Electron's
 * @returns {Promise<void>}
 * @throws {import('../terminal/errors.mjs').SetupError} with the command that installs them, when this process may not
 */
export async function ensureLibraries(executable) {
  const missing = await missingLibraries(executable);
  if (missing.length === 0) return;
  const names =
    missing.length > 4 ? `${missing.slice(0, 4).join(', ')} and ${missing.length - 4} more` : missing.join(', ');
  await ensurePackages({
    problem: `Electron needs system libraries that are missing (${names}).`,
    packages: PACKAGES,
    elsewhere: `Install the packages of your distribution that contain: ${missing.join(' ')}`,
    isThere: async () => (await missingLibraries(executable)).length === 0,
  });
}
