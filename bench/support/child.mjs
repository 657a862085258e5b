import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';

const ANSWER_MS = 120_000;
const STOP_MS = 10_000;

/**
 * A program of `hosts/` in its own process, driven by commands.
 *
 * @typedef {object} Child
 * @property {number} pid
 * @property {(command: string, input?: unknown) => Promise<any>} call answers with what the command returned
 * @property {() => Promise<void>} stop ends it now
 * @property {() => Promise<number>} cpu microseconds of processor time the whole process has used, user and system
 */

/**
 * Starts a bundled host. It ends with the bench.
 *
 * @param {Pick<import('./context.mjs').Context, 'defer' | 'host'>} context
 * @param {string} name
 * @param {{ args?: string[], env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<Child>}
 */
export async function startChild(context, name, { args = [], env = {} } = {}) {
  const child = fork(context.host(name), args, { env: { ...process.env, ...env }, serialization: 'advanced' });
  context.defer(() => endProcess(child));
  /** @type {Map<number, { resolve: (value: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  const ended = (/** @type {number | null} */ code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${name} ended with code ${code}`));
    waiting.clear();
  };
  child.on('exit', ended);
  child.on('message', (/** @type {{ id: number, value?: unknown, error?: string }} */ { id, value, error }) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) caller?.resolve(value);
    else caller?.reject(new Error(`${name}: ${error}`));
  });
  let last = 0;
  /**
   * @param {string} command
   * @param {unknown} [input]
   */
  const call = (command, input) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const timer = setTimeout(() => reject(new Error(`${name}: no answer to ${command}`)), ANSWER_MS);
      /**
       * @template V
       * @param {(value: V) => void} finish
       * @returns {(value: V) => void}
       */
      const settle = (finish) => (value) => {
        clearTimeout(timer);
        finish(value);
      };
      waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
      child.send({ id, command, input });
    });
  await call('ready');
  return { pid: /** @type {number} */ (child.pid), call, cpu: () => call('cpu'), stop: () => endProcess(child) };
}

/**
 * Starts any program. It ends with the bench.
 *
 * @param {Pick<import('./context.mjs').Context, 'defer'>} context
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export function startProgram(context, command, args, env) {
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (/** @type {NodeJS.Signals} */ signal = 'SIGTERM') => endProcess(child, signal);
  context.defer(() => stop());
  return { child, stop };
}

/**
 * Asks a process to end, and kills it if it does not.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} [signal]
 */
async function endProcess(child, signal = 'SIGTERM') {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await exit;
  clearTimeout(force);
}
