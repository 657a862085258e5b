import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupError } from '../terminal/errors.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** The terminal and npm each pass on the same Ctrl-C. */
const SAME_MS = 300;

/**
 * Runs a program as if it had been started in place of this one: it writes to the terminal and gets every signal sent
 * to this process exactly once. It has a process group of its own, because a terminal sends Ctrl-C to the whole group,
 * and the second SIGINT would end Chromium before it has closed properly.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env: NodeJS.ProcessEnv, until?: AbortSignal }} options `until`: asks the program to end (SIGTERM) when aborted
 * @returns {Promise<{ code: number, signalled: boolean }>} its exit code, or 128 + the number of the signal that ended
 *   it; and whether this process was asked to end meanwhile
 */
export async function runInForeground(command, args, { env, until }) {
  const detached = process.platform !== 'win32';
  const child = spawn(command, args, { env, stdio: ['ignore', 'inherit', 'inherit'], detached });
  let last = { signal: '', at: -SAME_MS };
  let signalled = false;
  /** @param {NodeJS.Signals} signal */
  const pass = (signal) => {
    const at = performance.now();
    if (signal === last.signal && at - last.at < SAME_MS) return;
    last = { signal, at };
    signalled = true;
    child.kill(signal);
  };
  const end = () => child.kill('SIGTERM');
  until?.addEventListener('abort', end, { once: true });
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new SetupError(`${command} could not be started: ${error.message}`)));
      child.once('exit', (code, signal) => {
        resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), signalled });
      });
    });
  } finally {
    until?.removeEventListener('abort', end);
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}
