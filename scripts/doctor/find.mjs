// @ts-check
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix, win32 } from 'node:path';
import { SetupError } from '../runtime/errors.mjs';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const START = 'Start it with "npm start" or "npm run headless".';

/**
 * @typedef {object} Running
 * @property {string} url
 * @property {number} pid
 * @property {string} version
 * @property {string} admin_key
 */

/**
 * Where Holdfast keeps its data when nothing else is said, on each platform.
 *
 * @param {{ env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform, home?: string }} [host] this machine unless told
 * @returns {string}
 */
export function dataFolder({ env = process.env, platform = process.platform, home = homedir() } = {}) {
  if (env.HOLDFAST_DATA_DIR) return env.HOLDFAST_DATA_DIR;
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Holdfast');
  if (platform === 'win32') return win32.join(env.APPDATA ?? win32.join(home, 'AppData', 'Roaming'), 'Holdfast');
  return posix.join(env.XDG_CONFIG_HOME ?? posix.join(home, '.config'), 'Holdfast');
}

/**
 * The running Holdfast of a data folder, as its `endpoint.json` names it. The admin key is sent to this machine only.
 *
 * @param {string} folder
 * @returns {Running}
 * @throws {SetupError} when the file names none
 */
export function findRunning(folder) {
  const file = join(folder, 'endpoint.json');
  const wrong = `${file} does not name a Holdfast of this machine. Quit Holdfast, delete the file and start again.`;
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ENOENT') throw new SetupError(`${file} cannot be read: ${message}`);
    throw new SetupError(
      `No Holdfast is running: there is no ${file}.`,
      `${START}\nIf its data is elsewhere, set HOLDFAST_DATA_DIR to that folder.`,
    );
  }
  const running = parse(text);
  if (running === null) throw new SetupError(wrong);
  return running;
}

/** @param {string} text */
function parse(text) {
  try {
    const { url, pid, version, admin_key } = JSON.parse(text);
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'http:' || !LOOPBACK.includes(hostname) || typeof admin_key !== 'string') return null;
    return { url: String(url).replace(/\/$/, ''), pid: Number(pid), version: String(version), admin_key };
  } catch {
    return null;
  }
}
