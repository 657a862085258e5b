import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess, living, treeOf } from './processes.mjs';

const READY_MS = 30_000;
const LOOK_MS = 10;
const STOP_MS = 5_000;

/**
 * A program under test: a front that clients connect to, with whatever it starts behind it.
 *
 * @typedef {object} Program
 * @property {import('./client.mjs').Target} target
 * @property {() => number} pid of the front
 * @property {() => Promise<import('./processes.mjs').ProcessRow[]>} tree the front first, then all that belongs to it
 * @property {() => Promise<void>} kill sends SIGKILL to the front alone, as the system would
 * @property {() => Promise<void>} start starts the front again, on the same port
 * @property {() => Promise<void>} restart ends the front properly and starts it again
 * @property {() => Promise<void>} stop ends the front and whatever it left behind
 *
 * @typedef {object} Launch
 * @property {readonly string[]} args of Node
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import('./client.mjs').Target} target
 * @property {number} port
 * @property {() => Promise<boolean>} [isReady] asked once the port is open
 * @property {() => Promise<number[]>} [owned] processes that belong to it but are not below it
 */

/**
 * Starts a program and waits until it serves.
 *
 * @param {Pick<import('../support/context.mjs').Context, 'defer'>} context
 * @param {() => Promise<Launch>} launch what to start, asked at each start
 * @returns {Promise<Program>}
 */
export async function startProgram({ defer }, launch) {
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  /** @type {Launch | undefined} */
  let launched;
  /** @type {Set<number>} everything that was ever seen below the front */
  const seen = new Set();
  const pid = () => /** @type {number} */ (child.pid);
  const tree = async () => {
    const rows = await treeOf([pid(), ...((await launched?.owned?.().catch(() => [])) ?? [])]);
    for (const row of rows) seen.add(row.pid);
    return rows;
  };
  const start = async () => {
    const launching = await launch();
    launched = launching;
    child = spawn(process.execPath, launching.args, {
      env: { ...process.env, ...launching.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr?.on('data', (text) => {
      output = (output + text).slice(-2_000);
    });
    const deadline = performance.now() + READY_MS;
    while (!((await isOpen(launching.port)) && ((await launching.isReady?.().catch(() => false)) ?? true))) {
      if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}: ${output}`);
      if (performance.now() > deadline) throw new Error(`it did not get ready: ${output}`);
      await delay(LOOK_MS);
    }
    return launching;
  };
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await exit;
    clearTimeout(force);
  };
  const kill = async () => {
    await tree();
    await end('SIGKILL');
  };
  const stop = async () => {
    await tree();
    await end('SIGTERM');
    for (const left of await living(seen)) endProcess(left);
    seen.clear();
  };
  const restart = async () => {
    await tree();
    await end('SIGTERM');
    await start();
  };
  defer(stop);
  const { target } = await start();
  return { target, pid, tree, kill, restart, start: async () => void (await start()), stop };
}

/**
 * @param {number} port
 * @returns {Promise<boolean>}
 */
const isOpen = (port) =>
  new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    const settle = (/** @type {boolean} */ open) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
