import SqliteDatabase, { type Database } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import type { FileGuard } from './file-guard';

/** Errors that are the machine's fault, not the caller's. Any of them may pass: space is freed, a lock is released. */
const UNAVAILABLE = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|BUSY|LOCKED|CORRUPT|NOTADB|NOMEM)/;

/**
 * The only way to write to the database. Work runs in one `BEGIN IMMEDIATE` transaction; nested work joins the outer one,
 * so that all of it reaches the disk or none.
 */
export class Transactions {
  private readonly runInside: (work: () => unknown) => unknown;
  private readonly db: Database;
  private readonly guard: Pick<FileGuard, 'check'> | null;
  private undo: (() => void)[] = [];

  /** @param guard - asked before and after every transaction, so that none is acknowledged that is not kept */
  constructor(db: Database, guard: Pick<FileGuard, 'check'> | null = null) {
    this.db = db;
    this.guard = guard;
    this.runInside = db.transaction((work: () => unknown) => work()).immediate;
  }

  get isRunning(): boolean {
    return this.db.inTransaction;
  }

  /**
   * Runs `work` (synchronous) and commits. If it or the commit fails, everything is rolled back and the error is thrown.
   * Nested work that fails is undone even if the outer work catches the error.
   * @throws HoldfastError `storage_unavailable` if the file cannot be written right now
   */
  run<T>(work: () => T): T {
    const nested = this.db.inTransaction;
    const mark = nested ? this.undo.length : 0;
    try {
      if (!nested) this.guard?.check();
      const result = this.runInside(work) as T;
      if (nested) return result;
      this.guard?.check();
      this.undo = [];
      return result;
    } catch (error) {
      for (const step of this.undo.splice(mark).reverse()) step();
      throw translate(error);
    }
  }

  /**
   * Like {@link run}, for writes that may be lost: does nothing while the file cannot be written.
   * @returns whether the writes were committed
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

  /**
   * Runs work within the running transaction that may fail alone: it is undone then, and the rest goes on.
   * @throws HoldfastError as {@link run}, if SQLite has given up the whole transaction with it
   */
  spare(work: () => void): void {
    try {
      this.run(work);
    } catch (error) {
      if (!this.db.inTransaction) throw translate(error);
    }
  }

  /** Registers a step that restores state in memory if the running transaction is rolled back. */
  onRollback(step: () => void): void {
    this.undo.push(step);
  }
}

function translate(error: unknown): unknown {
  if (!(error instanceof SqliteDatabase.SqliteError) || !UNAVAILABLE.test(error.code)) return error;
  return new HoldfastError('storage_unavailable', undefined, { cause: error });
}
