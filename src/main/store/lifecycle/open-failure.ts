import SqliteDatabase from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';

/**
 * Turns a failure to open the database into a message for people: what the system or SQLite reported, for which file, and
 * what to do about it. Errors that already have such a message, and bugs in Holdfast itself, stay as they are.
 */
export function openFailure(error: unknown, file: string): unknown {
  const isOfSystem = error instanceof Error && 'syscall' in error;
  if (!isOfSystem && !(error instanceof SqliteDatabase.SqliteError)) return error;
  const code = String((error as { code?: unknown }).code ?? '');
  const said = error.message.startsWith(code) ? error.message : `${error.message} (${code})`;
  return new HoldfastError(
    'internal_error',
    `The database ${file} cannot be opened: ${said}. ${remedyOf(code)} Nothing was deleted.`,
    { cause: error },
  );
}

function remedyOf(code: string): string {
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return 'Another program has it open: end that program and start Holdfast again.';
  if (/^(SQLITE_FULL|ENOSPC)/.test(code)) return 'Make room on the disk and start Holdfast again.';
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH|IOERR)|EACCES|EPERM|EROFS|EISDIR|ENOTDIR)/.test(code)) {
    return 'Make sure that it is a file, that you may write to it and to its folder, and that the disk works.';
  }
  return (
    'Move it and the files beside it that begin with its name to another place, copy the newest file of the folder ' +
    '"backups" to its name if you want the history up to then, and start Holdfast again.'
  );
}
