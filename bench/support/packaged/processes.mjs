import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const END_MS = 15_000;
const LOOK_MS = 50;

/** @typedef {{ pid: number, kind: string }} Part a process, and what it is for */

/**
 * The processes that run from a folder, whoever started them: the keeper is nobody's child.
 *
 * @param {string} folder
 * @returns {Part[]}
 */
export function processesOf(folder) {
  const found = [];
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (!readlinkSync(`/proc/${name}/exe`).startsWith(`${folder}/`)) continue;
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      found.push({ pid: Number(name), kind: kindOf(words) });
    } catch {
      // It has ended.
    }
  }
  return found;
}

/** @param {string} words the command line */
function kindOf(words) {
  if (words.includes('/keeper.js')) return 'keeper';
  if (words.includes('chrome_crashpad_handler')) return 'crash handler';
  const type = /--type=(\S+)/.exec(words)?.[1];
  if (type === undefined) return 'main process';
  if (type === 'renderer') return "window's process";
  if (type === 'gpu-process') return 'drawing (GPU process)';
  if (type === 'utility') return /--utility-sub-type=(?:\w+\.)*(\w+)/.exec(words)?.[1] ?? type;
  return type === 'zygote' ? 'zygotes' : type;
}

/**
 * The proportional set size: memory in RAM, of which pages that several processes share count to each in part.
 *
 * @param {number} pid
 * @returns {number} MB (1,000,000 bytes); 0 when the process has ended
 */
function proportionalMemory(pid) {
  try {
    const kib = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return (Number(kib) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

/**
 * @param {string} folder
 * @returns {Map<string, number>} MB by kind of process, and their sum as `all`
 */
export function memoryOf(folder) {
  const sums = new Map([['all', 0]]);
  for (const { pid, kind } of processesOf(folder)) {
    const memory = proportionalMemory(pid);
    for (const key of [kind, 'all']) sums.set(key, (sums.get(key) ?? 0) + memory);
  }
  return sums;
}

/**
 * Waits until a condition holds.
 *
 * @param {string} what for the message
 * @param {() => unknown} look
 * @param {number} limitMs
 */
export async function until(what, look, limitMs = END_MS) {
  const deadline = performance.now() + limitMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(LOOK_MS);
  }
}

/**
 * Ends what runs from a folder, the main process first and the keeper with its servers after it.
 *
 * @param {string} folder
 */
export async function endAll(folder) {
  for (const kind of ['main process', 'keeper']) {
    const left = () => processesOf(folder).filter((one) => one.kind === kind);
    for (const { pid } of left()) process.kill(pid, 'SIGTERM');
    await until(`${kind} has ended`, () => left().length === 0);
  }
}
