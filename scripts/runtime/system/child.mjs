import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../terminal/errors.mjs';

/** How much of a command's output is kept for its error message. */
const KEPT_CHARACTERS = 200_000;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** How long a command may take to end once asked to. */
const GRACE_MS = 3_000;
const LOOK_MS = 25;
/**
 * On POSIX a command leads a process group, so that what it started ends with it, even what ignores SIGTERM. Ending the
 * command alone, as libraries do, leaves that running.
 */
const GROUPS = process.platform !== 'win32';

/** @typedef {import('node:child_process').ChildProcess} Child */

/** @type {Set<Child>} */
const running = new Set();
let isEnding = false;

/**
 * @param {Child} child
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} whether anything of it runs
 */
function signalAll(child, signal) {
  if (child.pid === undefined) return false;
  if (!GROUPS) return child.kill(signal);
  try {
    return process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}

/**
 * Ends a command and all it started. What is left after a while is killed. While it waits, a group that is gone ends the
 * wait: from then on its number may be another process's.
 *
 * @param {Child} child
 * @param {NodeJS.Signals} signal
 */
async function endFirmly(child, signal) {
  const begin = performance.now();
  let runs = signalAll(child, signal);
  while (runs && performance.now() - begin < GRACE_MS) {
    await delay(LOOK_MS);
    runs = signalAll(child, 0);
  }
  if (runs) signalAll(child, 'SIGKILL');
}

/** @param {NodeJS.Signals} signal */
async function endAll(signal) {
  isEnding = true;
  await Promise.all(Array.from(running, (child) => endFirmly(child, signal)));
  process.exit(128 + constants.signals[signal]);
}

/** @param {Child} child */
function track(child) {
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, endAll);
  running.add(child);
}

/** @param {Child} child */
function untrack(child) {
  running.delete(child);
  if (running.size === 0) for (const signal of SIGNALS) process.off(signal, endAll);
}

/**
 * @typedef {object} Outcome
 * @property {number | null} code the exit code; `null` after a signal, or when the command could not be started
 * @property {string} stdout
 * @property {string} stderr
 * @property {boolean} isCut whether the beginning of either was left out
 * @property {'timeout' | 'missing' | undefined} failure why there is no exit code, if known
 */

/**
 * Runs a command to its end, without a shell and without standard input, for at most `timeoutMs`. When this process is
 * told to end, so are the command and all it started. Never throws: what went wrong is in the outcome.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ timeoutMs: number, cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} options `show` sends the
 *   command's output to the terminal instead of keeping it
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { timeoutMs, cwd, env = process.env, show = false }) {
  return new Promise((settle) => {
    const output = show ? 'inherit' : 'pipe';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', output, output], detached: GROUPS });
    track(child);
    let stdout = '';
    let stderr = '';
    let isCut = false;
    const kept = (/** @type {string} */ text) => {
      isCut ||= text.length > KEPT_CHARACTERS;
      return text.slice(-KEPT_CHARACTERS);
    };
    /** @type {Outcome['failure']} */
    let failure;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout = kept(stdout + text);
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr = kept(stderr + text);
    });
    let ended = Promise.resolve();
    const deadline = setTimeout(() => {
      failure = 'timeout';
      ended = endFirmly(child, 'SIGTERM');
    }, timeoutMs);
    child.once('error', (error) => {
      failure = 'missing';
      stderr += error.message;
    });
    child.once('close', async (code) => {
      clearTimeout(deadline);
      await ended;
      // This process ends as soon as all commands have.
      if (isEnding) return;
      untrack(child);
      settle({ code: failure ? null : code, stdout, stderr, isCut, failure });
    });
  });
}

/**
 * The end of what a command printed, for an error message.
 *
 * @param {Outcome} outcome
 * @param {number} [lines]
 * @returns {string}
 */
export function tail(outcome, lines = 15) {
  const text = `${outcome.stdout}\n${outcome.stderr}`.trim().split('\n').slice(-lines).join('\n');
  const what = { timeout: 'It did not end in time.', missing: 'It could not be started.' };
  return [outcome.failure && what[outcome.failure], text].filter(Boolean).join('\n');
}

/**
 * Runs a command that must succeed.
 *
 * @param {string} what names the command in the error, for example `npm pack`
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} options
 * @returns {Promise<string>} its stdout
 * @throws {SetupError} with the end of its output
 */
export async function mustRun(what, command, args, options) {
  const outcome = await run(command, args, options);
  if (outcome.code !== 0) throw new SetupError(`${what} failed.`, tail(outcome));
  return outcome.stdout;
}
