import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupError } from '../terminal/errors.mjs';

/** How much of a command's output is kept for its error message. */
const KEPT_CHARACTERS = 200_000;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
/** How long a command may take to end once asked to. */
const GRACE_MS = 3_000;
/**
 * On POSIX a command leads a process group, so that what it started ends with it, even what ignores SIGTERM. Ending the
 * command alone, as libraries do, leaves that running.
 */
const GROUPS = process.platform !== 'win32';

/** @typedef {import('node:child_process').ChildProcess} Child */

/** @type {Set<Child>} */
const running = new Set();
/** @type {NodeJS.Signals | undefined} */
let ending;

/**
 * @param {Child} child
 * @param {NodeJS.Signals} signal
 */
function end(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // There is no such group any more. Whether the command itself still runs, Node knows.
    child.kill(signal);
  }
}

/** @param {Child} child */
function endFirmly(child) {
  end(child, 'SIGTERM');
  const force = setTimeout(() => end(child, 'SIGKILL'), GRACE_MS);
  // From then on its pid may belong to another process.
  child.once('close', () => clearTimeout(force));
}

/** @param {NodeJS.Signals} signal */
function endAll(signal) {
  ending = signal;
  for (const child of running) end(child, signal);
  setTimeout(() => {
    for (const child of running) end(child, 'SIGKILL');
    exitFor(signal);
  }, GRACE_MS);
}

/** @param {NodeJS.Signals} signal */
function exitFor(signal) {
  process.exit(128 + constants.signals[signal]);
}

/** @param {Child} child */
function track(child) {
  if (running.size === 0) for (const signal of SIGNALS) process.on(signal, endAll);
  running.add(child);
  child.once('close', () => {
    running.delete(child);
    if (running.size > 0) return;
    if (ending) exitFor(ending);
    for (const signal of SIGNALS) process.off(signal, endAll);
  });
}

/**
 * @typedef {object} Outcome
 * @property {number | null} code the exit code; `null` after a signal, or when the command could not be started
 * @property {string} stdout
 * @property {string} stderr
 * @property {'timeout' | 'missing' | undefined} failure why there is no exit code, if known
 */

/**
 * Runs a command to its end, without a shell and without standard input, for at most `timeoutMs`. When this process is
 * told to end, so is the command. Never throws: what went wrong is in the outcome.
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
    /** @type {Outcome['failure']} */
    let failure;
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout = (stdout + text).slice(-KEPT_CHARACTERS);
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      stderr = (stderr + text).slice(-KEPT_CHARACTERS);
    });
    const deadline = setTimeout(() => {
      failure = 'timeout';
      endFirmly(child);
    }, timeoutMs);
    child.once('error', (error) => {
      failure = 'missing';
      stderr += error.message;
    });
    child.once('close', (code) => {
      clearTimeout(deadline);
      settle({ code: failure ? null : code, stdout, stderr, failure });
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
