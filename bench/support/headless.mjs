import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { repositoryRoot } from '../../scripts/runtime/files/paths.mjs';
import { mustRun } from '../../scripts/runtime/system/child.mjs';
import { startProgram } from './child.mjs';
import { findRunning } from './running.mjs';

const MAIN = join(repositoryRoot, 'out', 'main', 'headless.js');
/** The options that `npm run headless` gives to Node. */
const FLAGS = headlessFlags();
const START_MS = 20_000;

/**
 * The product itself, as `npm run headless` runs it.
 *
 * @typedef {object} Headless
 * @property {number} pid
 * @property {string} url
 * @property {string} key the admin key
 * @property {number} printedAfterMs from spawn to the line that names the endpoint
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop ends it, properly unless another signal is given
 */

/** @returns {string[]} */
function headlessFlags() {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));
  return scripts.headless.split(' ').filter((/** @type {string} */ word) => word.startsWith('--'));
}

/** Arguments for Node that start Holdfast as `npm run headless` does. */
export const headlessArguments = () => [...FLAGS, MAIN];

/** @returns {Promise<number>} a port that is free right now */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Spawns it without waiting for anything.
 *
 * @param {import('./context.mjs').Context} context
 * @param {string} folder
 * @param {number} port
 */
export function spawnHeadless(context, folder, port) {
  const env = { ...context.runtime.env, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: String(port) };
  const begin = performance.now();
  const { child, stop } = startProgram(context, process.execPath, headlessArguments(), env);
  let output = '';
  const printed = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Holdfast did not start: ${output}`)), START_MS);
    const fail = () => reject(new Error(`Holdfast ended: ${output}`));
    child.once('exit', fail);
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.stdout.on('data', (text) => {
      output += text;
      if (!/^Endpoint: \S+$/m.test(output)) return;
      clearTimeout(timer);
      child.off('exit', fail);
      resolve(performance.now() - begin);
    });
  });
  return { pid: /** @type {number} */ (child.pid), begin, stop, printed: /** @type {Promise<number>} */ (printed) };
}

/**
 * Starts it and waits until it listens.
 *
 * @param {import('./context.mjs').Context} context
 * @param {string} folder its data
 * @returns {Promise<Headless>}
 */
export async function startHeadless(context, folder) {
  const { pid, stop, printed } = spawnHeadless(context, folder, await freePort());
  const printedAfterMs = await printed;
  const { url, admin_key: key } = findRunning(folder);
  return { pid, url, key, printedAfterMs, stop };
}

/**
 * How much memory of a process is in RAM right now.
 *
 * @param {number} pid
 * @returns {Promise<number>} MB (1,000,000 bytes)
 */
export async function residentMemory(pid) {
  const kib =
    process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmRSS:\s+(\d+) kB$/m)?.[1]
      : await mustRun('ps', 'ps', ['-o', 'rss=', '-p', String(pid)], { timeoutMs: 10_000 });
  return (Number(kib) * 1024) / 1e6;
}
