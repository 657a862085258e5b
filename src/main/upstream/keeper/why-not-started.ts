import { accessSync, constants, statSync } from 'node:fs';
import { type SaidId, said } from '../../../shared/messages/said';
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
      return said(notFound(command), { command });
    case 'EACCES':
    case 'EPERM':
      return said('said.command.not_allowed', { command });
    case 'ENOEXEC':
      return said('said.command.not_a_program', { command });
    case 'E2BIG':
      return said('said.command.too_long', { command });
    case 'EAGAIN':
    case 'ENOMEM':
    case 'EMFILE':
    case 'ENFILE':
      return said('said.command.no_room', { code, command });
    case 'ERR_INVALID_ARG_VALUE':
      return said('said.command.odd_character', { command });
    default:
      return code === ''
        ? said('said.command.failed_unknown', { command })
        : said('said.command.failed', { command, code });
  }
}

function notFound(command: string): SaidId {
  if (/^["']/.test(command)) return 'said.command.not_found_quotes';
  return /\s/.test(command) ? 'said.command.not_found_line' : 'said.command.not_found';
}

function whyNotFolder(cwd: string): string | null {
  try {
    if (!statSync(cwd).isDirectory()) return said('said.folder.not_a_folder', { folder: cwd });
    accessSync(cwd, constants.X_OK);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return said('said.folder.missing', { folder: cwd });
    return said('said.folder.closed', { folder: cwd, code: code ?? '' });
  }
}
