import SqliteDatabase, { type Database } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import { assertLoadable, createPrivate } from './sqlite-connection';

/** How long to wait for a previous process that is just exiting. */
const PATIENCE_MS = 500;

/**
 * Makes one process the owner of a data folder. The lock is SQLite's own file lock on an empty file, held by an open
 * transaction. The operating system drops it whenever and however the process ends, so it can never be stale.
 */
export class OwnerLock {
  private readonly db: Database;

  private constructor(db: Database) {
    this.db = db;
  }

  /**
   * @throws HoldfastError `already_running` if another process, or this one, already owns the folder, `internal_error` if
   *   this runtime cannot load SQLite
   */
  static acquire(file: string): OwnerLock {
    assertLoadable();
    createPrivate(file);
    const db = new SqliteDatabase(file, { timeout: PATIENCE_MS });
    try {
      db.exec('BEGIN EXCLUSIVE');
      return new OwnerLock(db);
    } catch (error) {
      db.close();
      if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
        throw new HoldfastError(
          'already_running',
          'Another Holdfast is using this data folder. "holdfast open" opens its window, "holdfast quit" ends it.',
          { cause: error },
        );
      }
      throw error;
    }
  }

  release(): void {
    this.db.close();
  }
}
