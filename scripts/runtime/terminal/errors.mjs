/**
 * Something the machine lacks or refuses. Its message is written for the person at the terminal: what is wrong, and the
 * command or setting that fixes it. Anything else that is thrown is a bug and keeps its stack.
 */
export class SetupError extends Error {
  /**
   * @param {string} message what is wrong, in one sentence
   * @param {string} [fix] what to do about it, printed on lines of its own
   * @param {{ cause?: unknown }} [options]
   */
  constructor(message, fix, options) {
    super(fix ? `${message}\n${fix.replace(/^/gm, '  ')}` : message, options);
    this.name = 'SetupError';
  }
}

/**
 * The message of anything that was thrown, with the cause that `fetch` hides behind "fetch failed".
 *
 * @param {unknown} error
 * @returns {string}
 */
export function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = /** @type {NodeJS.ErrnoException | undefined} */ (
    error.cause instanceof Error ? error.cause : undefined
  );
  const detail = cause?.code ?? cause?.message;
  return detail ? `${error.message} (${detail})` : error.message;
}

/**
 * Runs a script's main function. A {@link SetupError} is printed without its stack and ends the process with code 1.
 *
 * @param {() => Promise<number | undefined>} main resolves with the exit code, or with nothing to keep the process running
 * @returns {Promise<void>}
 */
export async function runMain(main) {
  try {
    const code = await main();
    if (code !== undefined) process.exit(code);
  } catch (error) {
    const known = error instanceof SetupError;
    process.stderr.write(`Holdfast: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  }
}
