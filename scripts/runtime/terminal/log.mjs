/** How long a quiet step may run before the terminal hears of it again. */
const HEARTBEAT_MS = 15_000;

/**
 * Prints one line of progress. It goes to stderr: stdout belongs to what the person asked for.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`Holdfast set-up: ${line}\n`);
}

/**
 * Says what is being done, says so again every 15 s, and how long it took at the end.
 *
 * @template T
 * @param {string} what for example `compiling better-sqlite3`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const start = performance.now();
  const seconds = () => `${Math.round((performance.now() - start) / 1000)} s`;
  say(what);
  const heartbeat = setInterval(() => say(`  still at it after ${seconds()}`), HEARTBEAT_MS);
  try {
    const result = await work();
    say(`  done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
