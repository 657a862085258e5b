import { statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';

/** In bytes. SQLite's smallest files are larger. */
const LEAST_ROOM = 64 * 1024;

/**
 * Turns a failure to open the database into a message for people: what the system or SQLite reported, for which file, and
 * what to do about it. Errors that already have such a message, and bugs in Holdfast itself, stay as they are.
 */
export function openFailure(error: unknown, file: string): unknown {
  const known = causeOf(error);
  if (!isOfSystem(known) && !(known instanceof SqliteDatabase.SqliteError)) return error;
  const reported = String((known as { code?: unknown }).code ?? '');
  // On a full disk SQLite may report only that some input or output failed.
  const code = /^SQLITE_(IOERR|CANTOPEN)/.test(reported) && isFull(dirname(file)) ? 'ENOSPC' : reported;
  const message = code === 'ENOSPC' && code !== reported ? 'the disk is full' : known.message;
  const said = message.startsWith(reported) ? message : `${message} (${reported})`;
  const about = isOfSystem(known) ? (known.dest ?? known.path ?? file) : file;
  const what = isOfDatabase(about, file) ? `The database ${file} cannot be opened` : `${about} cannot be used`;
  return new HoldfastError('internal_error', `${what}: ${said}. ${remedyOf(code, about)} Nothing was deleted.`, {
    cause: error,
  });
}

/**
 * Why Holdfast cannot start, as a sentence for people with what to do. A sentence that promises to carry on is of no use
 * to a process that ends, and a stack trace to nobody but the log.
 */
export function startFailure(error: unknown, folder: string): HoldfastError {
  const isOfFiles = !isOfSystem(error) || !/^(listen|bind|connect|getaddrinfo|spawn)/.test(error.syscall ?? '');
  const failure = isOfFiles ? openFailure(error, join(folder, 'holdfast.db')) : error;
  if (failure instanceof HoldfastError) return failure;
  const said = failure instanceof Error ? failure.message : String(failure);
  return new HoldfastError(
    'internal_error',
    `An error that Holdfast does not know: ${said}. Its details are in ${join(folder, 'holdfast.log')}.`,
    { cause: error },
  );
}

/** Whether nearly nothing more fits on the disk of this folder. */
function isFull(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize < LEAST_ROOM;
  } catch {
    return false;
  }
}

/** What lies behind an error whose own message is meant for a Holdfast that runs on. */
function causeOf(error: unknown): unknown {
  return error instanceof HoldfastError && error.code === 'storage_unavailable' ? (error.cause ?? error) : error;
}

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException & { dest?: string } =>
  error instanceof Error && 'syscall' in error;

/** The database, the files beside it that begin with its name, or the folder that they are in. */
const isOfDatabase = (path: string, file: string): boolean =>
  path === dirname(file) || (dirname(path) === dirname(file) && basename(path).startsWith(basename(file)));

function remedyOf(code: string, path: string): string {
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return 'Another program has it open: end that program and start Holdfast again.';
  if (/^(SQLITE_FULL|ENOSPC|EDQUOT)/.test(code)) return 'Make room on the disk and start Holdfast again.';
  if (/^(EMFILE|ENFILE)/.test(code)) return 'Too many files are open: end other programs and start Holdfast again.';
  if (/^(SQLITE_(CANTOPEN|READONLY|PERM|AUTH|IOERR)|EACCES|EPERM|EROFS|EISDIR|ENOTDIR|EEXIST|EIO|ENOENT)/.test(code)) {
    return 'Make sure that it is a file, that you may write to it and to its folder, and that the disk works.';
  }
  return (
    `Move it and the files beside it that begin with its name (${basename(path)}) to another place, copy the newest ` +
    'file of the folder "backups" to its name if you want the history up to then, and start Holdfast again.'
  );
}
