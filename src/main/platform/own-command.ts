import { join, resolve } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import { defaultDataFolder } from './paths';

/**
 * How other programs of this user can run this Holdfast's own command line, whatever is on their PATH: with the current
 * runtime (Node, or Electron as Node) and the command built next to this program.
 * @param folder - data folder; passed on only if it is not the default one
 */
export function ownCommand(folder: string): AppInfo['cli'] {
  const whole = resolve(folder);
  return {
    command: process.execPath,
    args: [join(import.meta.dirname, 'holdfast.js')],
    env: {
      ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
      ...(whole === defaultDataFolder({}) ? {} : { HOLDFAST_DATA_DIR: whole }),
    },
  };
}
