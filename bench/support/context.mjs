import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What a bench works with. It registers with `defer` whatever it starts; all of that is undone, last first, when the
 * bench has ended, failed or run out of time.
 *
 * @typedef {object} Context
 * @property {number} runs
 * @property {boolean} quick
 * @property {(full: number, quick: number) => number} amount picks one of the two
 * @property {(name: string) => string} host file of a program of `hosts/`, bundled
 * @property {(undo: () => unknown) => void} defer
 * @property {() => Promise<string>} folder a new empty folder, gone afterwards
 * @property {import('../../scripts/runtime/ensure-runtime.mjs').ReadyRuntime} runtime
 */

/**
 * Runs one bench with a bound on its time, and cleans up after it, even when it is interrupted.
 *
 * @template T
 * @param {{ boundMs: number, run: (context: Context) => Promise<T> }} bench
 * @param {Pick<Context, 'runs' | 'quick' | 'host' | 'runtime'>} base
 * @param {AbortSignal} interrupt
 * @returns {Promise<T>}
 */
export async function runBench(bench, base, interrupt) {
  /** @type {(() => unknown)[]} */
  const undos = [];
  const defer = (/** @type {() => unknown} */ undo) => void undos.push(undo);
  /** @type {Context} */
  const context = {
    ...base,
    defer,
    amount: (full, quick) => (base.quick ? quick : full),
    async folder() {
      const path = await mkdtemp(join(tmpdir(), 'holdfast-bench-'));
      defer(() => rm(path, { recursive: true, force: true }));
      return path;
    },
  };
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const deadline = new Promise((_, reject) => {
    const fail = () => reject(new Error(`did not end within ${bench.boundMs / 1000} s`));
    timer = setTimeout(fail, bench.boundMs);
    interrupt.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
  try {
    return await Promise.race([bench.run(context), deadline]);
  } finally {
    clearTimeout(timer);
    for (const undo of undos.reverse()) await undo();
  }
}
