/** How often a long step reports that it is still running. */
const HEARTBEAT_MS = 15_000;

/**
 * Prints one line of progress to stderr: stdout belongs to the command's own output.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`Holdfast set-up: ${line}\n`);
}

/**
 * Says what is being done, every 15 s that it still is, and at the end how long it took. Several steps may run at the same
 * time, so each line names its own.
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
  const heartbeat = setInterval(() => say(`  ${what}: still running after ${seconds()}`), HEARTBEAT_MS);
  try {
    const result = await work();
    say(`  ${what}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(heartbeat);
  }
}
