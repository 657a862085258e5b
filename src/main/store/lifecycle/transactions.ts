import SqliteDatabase, { type Database } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';

/** What the machine, not the caller, is to blame for. All of it may pass: space is freed, a lock is let go. */
const UNAVAILABLE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED|CORRUPT|NOTADB|NOMEM)/;

/**
 * The one way in which the database is written. Work runs in one `BEGIN IMMEDIATE` transaction; work inside work joins
 * the outer one, so that all of it is on the disk or none.
 */
export class Transactions {
  private readonly runInside: (work: () => unknown) => unknown;
  private readonly db: Database;
  private undo: (() => void)[] = [];

  constructor(db: Database) {
    this.db = db;
    this.runInside = db.transaction((work: () => unknown) => work()).immediate;
  }

  /**
   * Runs `work` (synchronous) and commits. When it or the commit fails, everything is rolled back and the error is thrown.
   * Work inside work never survives a failure of its own, whether or not the outer one catches it.
   * @throws HoldfastError `storage_unavailable` when the file cannot be written now
   */
  run<T>(work: () => T): T {
    const nested = this.db.inTransaction;
    const mark = nested ? this.undo.length : 0;
    try {
      const result = this.runInside(work) as T;
      if (!nested) this.undo = [];
      return result;
    } catch (error) {
      for (const step of this.undo.splice(mark).reverse()) step();
      throw translate(error);
    }
  }

  /**
   * Like {@link run}, for what may be lost: while the file cannot be written nothing happens.
   * @returns whether it was written
   */
  attempt(work: () => void): boolean {
    try {
      this.run(work);
      return true;
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'storage_unavailable') return false;
      throw error;
    }
  }

  /** Registers what puts state in memory back when the transaction that is running now is rolled back. */
  onRollback(step: () => void): void {
    this.undo.push(step);
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof SqliteDatabase.SqliteError) || !UNAVAILABLE.test(error.code)) return error;
  return new HoldfastError('storage_unavailable', undefined, { cause: error });
}
