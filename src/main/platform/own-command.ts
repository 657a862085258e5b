import { realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import { defaultDataFolder } from './paths';

/** Where the .deb puts the command. It stays valid when a newer version is installed, and needs no variable. */
const INSTALLED_COMMAND = '/usr/bin/holdfast';

/** Whether a command leads to this very program, and not to another Holdfast of this machine. */
function isOwn(command: string): boolean {
  try {
    const app = join(process.execPath, '..') + sep;
    return process.versions.electron !== undefined && realpathSync(command).startsWith(app);
  } catch {
    return false;
  }
}

/** The command that a package put on the PATH, if it leads to this very program. */
export const ownInstalledCommand = (): string | null => (isOwn(INSTALLED_COMMAND) ? INSTALLED_COMMAND : null);

/**
 * How other programs of this user can run this Holdfast's own command line, whatever is on their PATH: with the current
 * runtime (Node, or Electron as Node) and the command built next to this program.
 * @param folder - data folder; passed on only if it is not the default one
 */
export function ownCommand(folder: string): AppInfo['cli'] {
  const whole = resolve(folder);
  const data: Record<string, string> = whole === defaultDataFolder({}) ? {} : { HOLDFAST_DATA_DIR: whole };
  if (ownInstalledCommand() !== null) return { command: INSTALLED_COMMAND, args: [], env: data };
  return {
    command: process.execPath,
    args: [join(import.meta.dirname, 'holdfast.js')],
    env: {
      ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
      ...data,
    },
  };
}
