import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { INSTALLATION } from '../installation';
import { ownInstalledCommand } from '../own-command';

/** How a desktop starts the app. */
export interface LaunchCommand {
  /** The program, by its absolute path, and its arguments before those of a single start. */
  readonly args: readonly string[];
  /** What has to be in its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * How this very Holdfast is started with its window: the command of its package where that leads here, else Electron
 * itself. Null where there is no Electron, as in the npm package.
 *
 * @param env - what it needs in its environment
 */
export function launchCommand(env: Readonly<Record<string, string>>): LaunchCommand | null {
  if (process.versions.electron === undefined) return null;
  const installed = ownInstalledCommand();
  if (installed !== null) return { args: [installed], env };
  if (INSTALLATION === 'desktop') {
    const script = join(dirname(process.execPath), 'bin', 'holdfast');
    return { args: [existsSync(script) ? script : process.execPath], env };
  }
  // Chromium has no sandbox for root; the launcher of the sources passes this switch as well.
  const flags = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { args: [process.execPath, ...flags, join(import.meta.dirname, '../..')], env };
}
