import { existsSync } from 'node:fs';
import { findCommand } from '../files/paths.mjs';
import { SetupError } from '../terminal/errors.mjs';
import { ensurePackages } from './apt.mjs';
import { run } from './child.mjs';

/** Debian's own Python, for which its package is; another one on PATH may not have it. */
const PYTHON = '/usr/bin/python3';

/**
 * Makes sure that a test can stand in for services of the system bus: a D-Bus daemon and python3-dbusmock.
 *
 * @returns {Promise<{ python: string, daemon: string }>} their commands
 * @throws {SetupError} when they are not there and cannot be installed
 */
export async function ensureDbusMock() {
  const elsewhere = 'Install dbus-daemon and python-dbusmock. Only tests of sleep need them.';
  if (process.platform !== 'linux') throw new SetupError('Only Linux has a system bus.');
  const python = existsSync(PYTHON) ? PYTHON : (findCommand(['python3']) ?? PYTHON);
  await ensurePackages({
    problem: 'There is no D-Bus daemon or no python3-dbusmock to stand in for the service that announces sleep.',
    packages: ['dbus', 'python3-dbusmock'],
    elsewhere,
    isThere: async () => findCommand(['dbus-daemon']) !== undefined && (await hasMock(python)),
  });
  return { python, daemon: findCommand(['dbus-daemon']) ?? '' };
}

/** @param {string} python */
const hasMock = async (python) =>
  existsSync(python) && (await run(python, ['-c', 'import dbusmock'], { timeoutMs: 20_000 })).code === 0;
