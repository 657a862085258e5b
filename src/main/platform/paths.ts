import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Holdfast keeps its data unless `HOLDFAST_DATA_DIR` is set. The same with and without a window. */
export function defaultDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  switch (process.platform) {
    case 'darwin':
      return join(homedir(), 'Library', 'Application Support', 'Holdfast');
    case 'win32':
      return join(env.APPDATA ?? join(homedir(), 'AppData', 'Roaming'), 'Holdfast');
    default:
      return join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'Holdfast');
  }
}
