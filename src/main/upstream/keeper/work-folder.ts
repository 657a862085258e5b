import { statSync } from 'node:fs';
import { homedir } from 'node:os';

/**
 * The folder a command starts in: the configured one, else the user's home folder, regardless of where Holdfast was
 * started. Null, meaning the keeper's folder, when the home folder does not exist: a command must not fail because of a
 * folder that nobody configured.
 */
export function workFolder(cwd: string | null): string | null {
  if (cwd !== null) return cwd;
  const home = homedir();
  return statSync(home, { throwIfNoEntry: false })?.isDirectory() ? home : null;
}
