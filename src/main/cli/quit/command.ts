import { setTimeout as delay } from 'node:timers/promises';
import { HoldfastError } from '../../../shared/errors';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { printJson, printLine } from '../print';

/** Longer than Holdfast gives itself to stop (ms). */
const MOST = 10_000;
const LOOK = 50;

/** `holdfast quit`: ends Holdfast and waits until its process is gone. */
export const quit: Command = {
  help: `Usage: holdfast quit [--json]

Ends Holdfast, with or without a window, and waits until it has ended. Sessions wait for its next start.

  --json    prints one JSON object: ok and pid

Exit codes: 0 it has ended, 1 it did not end within 10 s, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 0,
  async run(given) {
    const admin = await Admin.of(findRunning(dataFolder()));
    const { pid } = (await admin.ask('/api/mcp/quit', { method: 'POST' })) as { pid: number };
    if (!(await hasEnded(pid))) {
      throw new HoldfastError(
        'internal_error',
        `Holdfast was asked to quit, but its process ${pid} has not ended within 10 s. End that process yourself.`,
      );
    }
    if (given.flag('json')) printJson({ ok: true, pid });
    else printLine('Holdfast has ended. Its sessions wait for the next start.');
    return EXIT.ok;
  },
};

/** Waits until a process is gone. It is nobody's child here, so its end can only be looked for. */
async function hasEnded(pid: number): Promise<boolean> {
  const deadline = performance.now() + MOST;
  while (performance.now() < deadline) {
    if (!isAlive(pid)) return true;
    await delay(LOOK);
  }
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
