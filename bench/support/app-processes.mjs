import { readFile } from 'node:fs/promises';

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10;

/**
 * What the processes of an app have used.
 *
 * @typedef {Record<'main' | 'page' | 'graphics', Used>} AppUse zeros for a process that does not run
 * @typedef {{ cpuMs: number, memoryMb: number }} Used processor time since its start, user and system; proportional set size
 */

/** @type {Readonly<Record<keyof AppUse, string>>} as Electron calls them */
const TYPES = { main: 'Browser', page: 'Tab', graphics: 'GPU' };

/**
 * @param {import('playwright').ElectronApplication} app
 * @returns {Promise<AppUse>}
 */
export async function useOf(app) {
  const processes = await app.evaluate(({ app: own }) => own.getAppMetrics().map(({ pid, type }) => ({ pid, type })));
  const used = Object.entries(TYPES).map(async ([name, type]) => {
    const pid = processes.find((one) => one.type === type)?.pid;
    return [name, pid === undefined ? { cpuMs: 0, memoryMb: 0 } : await usedBy(pid)];
  });
  return Object.fromEntries(await Promise.all(used));
}

/**
 * @param {number} pid
 * @returns {Promise<Used>}
 */
async function usedBy(pid) {
  const [stat, rollup] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/smaps_rollup`, 'utf8'),
  ]);
  // The name of a program may have blanks and brackets in it; the numbers begin after its last one.
  const numbers = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(numbers[11]), Number(numbers[12])];
  return {
    cpuMs: (user + system) * TICK_MS,
    memoryMb: (Number(rollup.match(/^Pss: +(\d+)/m)?.[1]) * 1_024) / 1_000_000,
  };
}
