import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from './command';
import { EXIT } from './exit-codes';

/**
 * `holdfast headless`: becomes Holdfast without a window. The program is an entry of its own, built beside this one; it
 * goes on after the command has resolved, and ends the process itself.
 */
export const headless: Command = {
  help: `Usage: holdfast headless

Runs Holdfast without a window, until Ctrl+C. Prints a link that opens the window in a browser (works once, for ten
minutes).

Exit codes: 0 it was ended, 1 it cannot start, 2 wrong usage.`,
  options: {},
  maxPositionals: 0,
  async run() {
    await import(pathToFileURL(join(import.meta.dirname, 'headless.js')).href);
    return EXIT.ok;
  },
};
