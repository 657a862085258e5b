import { join, resolve } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import { defaultDataFolder } from './paths';

/**
 * How any program of this user starts the command line of this very Holdfast, whatever is on its PATH: by the runtime that runs
 * now, Node or Electron as Node, with the command that was built beside this program.
 * @param folder - data folder; it is named only where the command would not find it by itself
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
