import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';

// Plain JavaScript that imports nothing from this project, so that the same file runs from source and from the build.
// This takes about a second per 100 MB; on the main thread, it would block the supervisor's timers for that long.

/** @type {{ database: string, copy: string | null }} */
const { database, copy } = workerData;

/** @param {string} file */
const open = (file) => new SqliteDatabase(file, { readonly: true, fileMustExist: true });

/** @param {string} file */
function isIntact(file) {
  const db = open(file);
  try {
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code)) return false;
    throw error;
  } finally {
    db.close();
  }
}

/**
 * Uses one read transaction, so the copy is consistent and compact however much is written meanwhile.
 * @param {string} target
 */
function copyTo(target) {
  const db = open(database);
  try {
    db.prepare('VACUUM INTO ?').run(target);
  } finally {
    db.close();
  }
  withoutContents(target);
}

/**
 * What was recorded of messages is kept for a day, and backups are kept for longer. The same as in backup.ts.
 * @param {string} file
 */
function withoutContents(file) {
  const db = new SqliteDatabase(file, { fileMustExist: true });
  try {
    if (db.prepare('SELECT 1 FROM activity_contents LIMIT 1').get() === undefined) return;
    db.exec('DELETE FROM activity_contents');
    // Overwriting what is deleted would not reach copies in pages that are still used; writing all of them anew does.
    db.exec('VACUUM');
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

const intact = isIntact(database);
if (intact && copy !== null) copyTo(copy);
parentPort?.postMessage({ intact, copied: intact && copy !== null && isIntact(copy) });
