import { resolve } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { type Sentence, said } from '../../../shared/messages/said';
import { configFolder, defaultDataFolder } from '../paths';
import type { StartAtLogin } from '../ports';
import { AutostartFile } from './autostart-file';
import { launchCommand } from './launch-command';

/** The variables that another start needs to find the same data at the same port. */
export function ownVariables(folder: string, env: NodeJS.ProcessEnv): Record<string, string> {
  const whole = resolve(folder);
  return {
    ...(whole === defaultDataFolder({}) ? {} : { HOLDFAST_DATA_DIR: whole }),
    ...(env.HOLDFAST_PORT ? { HOLDFAST_PORT: env.HOLDFAST_PORT } : {}),
  };
}

/**
 * Starting at login where files decide over it, which is Linux. Elsewhere, and without Electron, it is not possible and
 * says what is.
 */
export function startAtLogin(folder: string, env: NodeJS.ProcessEnv): StartAtLogin {
  if (process.platform !== 'linux') {
    return notPossible(said('said.login_item.system'));
  }
  const command = launchCommand(ownVariables(folder, env));
  if (command) return new AutostartFile(configFolder(env), command);
  return notPossible(said('said.login_item.no_window'));
}

/** For where it cannot be switched on. */
export function notPossible(note: Sentence): StartAtLogin {
  const state = { enabled: false, possible: false, note };
  return {
    get: () => state,
    set: (enabled) => {
      if (enabled) throw new HoldfastError('invalid_input', note);
      return state;
    },
    refresh: () => false,
  };
}
