import { statSync } from 'node:fs';
import { homedir } from 'node:os';

/**
 * The folder that a command starts in: its own, else the user's home folder, wherever Holdfast was started. Null, which is where
 * the keeper is, when there is no such home folder: a command must not fail for a folder that nobody named.
 */
export function workFolder(cwd: string | null): string | null {
  if (cwd !== null) return cwd;
  const home = homedir();
  return statSync(home, { throwIfNoEntry: false })?.isDirectory() ? home : null;
}
