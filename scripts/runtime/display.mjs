import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findCommand } from './files/paths.mjs';
import { ensurePackages } from './system/apt.mjs';
import { SetupError } from './terminal/errors.mjs';

const START_MS = 20_000;
const STOP_MS = 3_000;

/**
 * @typedef {object} Display
 * @property {Record<string, string>} env what a program needs to find it; empty when the machine has a display
 * @property {boolean} isVirtual whether it was started here, where nobody sees it
 * @property {() => Promise<void>} stop ends it, when it was started here
 */

/** @returns {boolean} whether windows can be shown (always, except on Linux without a desktop session) */
function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Makes sure that windows have somewhere to appear: the machine's display, or else an Xvfb, which ends with `stop` or
 * with this process.
 *
 * @returns {Promise<Display>}
 * @throws {SetupError} when there is no display and Xvfb cannot be installed or does not start
 */
export async function ensureDisplay() {
  if (hasDisplay()) return { env: {}, isVirtual: false, stop: async () => {} };
  await ensurePackages({
    problem: 'There is no display, and no Xvfb to stand in for one.',
    packages: ['xvfb'],
    elsewhere:
      'Install Xvfb (Fedora: xorg-x11-server-Xvfb, Arch: xorg-server-xvfb), or run without a window: npm run headless',
    isThere: () => findCommand(['Xvfb']) !== undefined,
  });
  return startXvfb();
}

/** @returns {Promise<Display>} */
async function startXvfb() {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-display-'));
  const authority = join(folder, 'authority');
  await writeFile(authority, authorityRecord(randomBytes(16)), { mode: 0o600 });
  const args = ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp', '-auth', authority];
  // A process group of its own, so that Ctrl-C reaches Electron first and the display goes last.
  const server = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true });
  const ended = new Promise((resolve) => server.once('close', resolve));
  const endWithUs = () => {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', endWithUs);
  const stop = async () => {
    process.off('exit', endWithUs);
    server.kill('SIGTERM');
    const force = setTimeout(() => server.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(force);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const number = await displayNumber(server);
    server.unref();
    for (const stream of server.stdio) /** @type {import('node:net').Socket | null} */ (stream)?.unref();
    return { env: { DISPLAY: `:${number}`, XAUTHORITY: authority }, isVirtual: true, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * @param {import('node:child_process').ChildProcess} server
 * @returns {Promise<number>} number of the free display that Xvfb took, once it accepts connections
 */
function displayNumber(server) {
  return new Promise((resolve, reject) => {
    let complaint = '';
    /** @param {string} why */
    const fail = (why) => reject(new SetupError(`Xvfb did not start: ${why}`, complaint.trim().slice(-1000)));
    const deadline = setTimeout(() => fail(`no answer in ${START_MS / 1000} s`), START_MS);
    server.once('error', (error) => fail(error.message));
    server.once('close', (code) => fail(`it ended with code ${code}`));
    server.stderr?.on('data', (text) => {
      complaint += text;
    });
    server.stdio[3]?.on('data', (text) => {
      clearTimeout(deadline);
      resolve(Number(String(text)));
    });
  });
}

/**
 * The one record of an X authority file (see Xsecurity(7)): whoever knows this cookie may connect, whatever the
 * display's number. Without it every user of the machine could watch the window and type into it.
 *
 * @param {Buffer} cookie 16 bytes
 * @returns {Buffer}
 */
function authorityRecord(cookie) {
  const anyFamily = Buffer.from([0xff, 0xff]);
  const fields = [Buffer.alloc(0), Buffer.alloc(0), Buffer.from('MIT-MAGIC-COOKIE-1'), cookie];
  const counted = fields.map((field) => Buffer.concat([Buffer.from([field.length >> 8, field.length & 0xff]), field]));
  return Buffer.concat([anyFamily, ...counted]);
}
