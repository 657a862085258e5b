import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

/** The repository's folder. */
export const repositoryRoot = resolve(import.meta.dirname, '..', '..', '..');

/**
 * The folder of an installed package. It does not ask the module resolver: neither a package's `exports` nor a half
 * installed package may keep the set-up from looking inside.
 *
 * @param {string} name
 * @returns {string}
 */
export function packageFolder(name) {
  return join(repositoryRoot, 'node_modules', ...name.split('/'));
}

/**
 * The user's cache folder for Holdfast, where each platform keeps such folders. It is not created here.
 *
 * @param {{ env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform, home?: string }} [host] this machine by default
 * @returns {string}
 */
export function cacheFolder({ env = process.env, platform = process.platform, home = homedir() } = {}) {
  if (env.XDG_CACHE_HOME) return join(resolve(env.XDG_CACHE_HOME), 'holdfast');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'holdfast');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'holdfast', 'Cache');
  return join(home, '.cache', 'holdfast');
}

/**
 * The first of these commands that is on PATH, as a full path.
 *
 * @param {readonly string[]} names
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findCommand(names, env = process.env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat', ''] : [''];
  for (const name of names) {
    for (const folder of folders) {
      for (const suffix of suffixes) {
        const file = join(folder, name + suffix);
        if (existsSync(file)) return file;
      }
    }
  }
  return undefined;
}
