import { accessSync, constants, statSync } from 'node:fs';
import type { StdioTarget } from '../upstream-ports';

/**
 * Explains to the user why the system did not start a command, and what to do. Contains no values of the environment,
 * which may be secret.
 * @param code - error code of the system, such as `ENOENT`; '' when unknown
 */
export function whyNotStarted({ command, cwd }: StdioTarget, code: string): string {
  const folder = cwd === null ? null : whyNotFolder(cwd);
  if (folder !== null) return folder;
  switch (code) {
    case 'ENOENT':
      return `The command "${command}" was not found. ${remedyFor(command)}`;
    case 'EACCES':
    case 'EPERM':
      return `The command "${command}" may not be run. Check that it is a program and that its permissions allow it.`;
    case 'ENOEXEC':
      return `The command "${command}" is not a program that this system can run.`;
    case 'E2BIG':
      return `The arguments and the environment of "${command}" are too long for this system.`;
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
    case 'ENFILE':
      return `The system has no room for another process (${code}), so "${command}" was not started. Close something.`;
    case 'ERR_INVALID_ARG_VALUE':
      return `The command "${command}", its arguments or its environment hold a character that cannot be passed on.`;
    default:
      return `The command "${command}" could not be started (${code === '' ? 'unknown reason' : code}).`;
  }
}

function remedyFor(command: string): string {
  if (/^["']/.test(command)) return 'Remove the quotes around it.';
  if (!/\s/.test(command)) return 'Install it, or give its full path.';
  return 'If it is a whole command line, write only the program as "command" and the rest as "args": ["…"].';
}

function whyNotFolder(cwd: string): string | null {
  try {
    if (!statSync(cwd).isDirectory()) return `The working folder "${cwd}" is not a folder. Correct "cwd".`;
    accessSync(cwd, constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `The working folder "${cwd}" does not exist. Create it, or correct "cwd".`;
    return `The working folder "${cwd}" cannot be entered (${code}). Check its permissions, or correct "cwd".`;
  }
}
