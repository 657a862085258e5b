import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Folder of the user's settings on Linux. The Base Directory Specification ignores an empty or relative `XDG_CONFIG_HOME`. */
export const configFolder = (env: NodeJS.ProcessEnv, home = env.HOME || homedir()): string => {
  const given = env.XDG_CONFIG_HOME;
  return given && isAbsolute(given) ? given : join(home, '.config');
};

/** Where Holdfast keeps its data unless `HOLDFAST_DATA_DIR` is set. The same with and without a window. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Holdfast');
    case 'win32':
      return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'Holdfast');
    default:
      return join(configFolder(env, homedir()), 'Holdfast');
  }
}
