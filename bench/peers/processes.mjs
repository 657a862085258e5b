import { mustRun } from '../../scripts/runtime/system/child.mjs';

/**
 * @typedef {object} ProcessRow
 * @property {number} pid
 * @property {number} parent
 * @property {number} memory resident, MB (1,000,000 bytes)
 */

/** @returns {Promise<ProcessRow[]>} every process of this machine, zombies left out */
async function allProcesses() {
  const text = await mustRun('ps', 'ps', ['-A', '-o', 'pid=,ppid=,rss=,stat='], { timeoutMs: 10_000 });
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state]) => !state?.startsWith('Z'))
    .map(([pid, parent, kib]) => ({ pid: Number(pid), parent: Number(parent), memory: (Number(kib) * 1024) / 1e6 }));
}

/**
 * These processes and everything below them.
 *
 * @param {readonly number[]} roots
 * @returns {Promise<ProcessRow[]>} the roots first
 */
export async function treeOf(roots) {
  const all = await allProcesses();
  const found = all.filter(({ pid }) => roots.includes(pid));
  for (const { pid } of found)
    found.push(...all.filter(({ parent, pid: own }) => parent === pid && !roots.includes(own)));
  return found;
}

/**
 * Processes that were started with this text among their arguments.
 *
 * @param {string} text
 * @returns {Promise<number[]>}
 */
export async function processesWith(text) {
  const lines = await mustRun('ps', 'ps', ['-A', '-ww', '-o', 'pid=,args='], { timeoutMs: 10_000 });
  return lines
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

/**
 * Those that still run, which zombies do not.
 *
 * @param {Iterable<number>} pids
 * @returns {Promise<number[]>}
 */
export async function living(pids) {
  const all = new Set((await allProcesses()).map(({ pid }) => pid));
  return [...pids].filter((pid) => all.has(pid));
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} [signal]
 */
export function endProcess(pid, signal = 'SIGKILL') {
  try {
    process.kill(pid, signal);
  } catch {
    // It has already ended.
  }
}
