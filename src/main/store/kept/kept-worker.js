import { parentPort, workerData } from 'node:worker_threads';
import SqliteDatabase from 'better-sqlite3';
import { teachFailureGroup } from '../activity/failure-group.js';
import { teachLowerText } from '../lifecycle/lower-text.js';

// Plain JavaScript that imports nothing else from this project, so that the same file runs from source and from the build.
// Reads every page or many rows, which on the main thread would block the supervisor.

/** @type {{ database: string, statement: string, values: (number | string)[] }} */
const { database, statement, values } = workerData;

const db = new SqliteDatabase(database, { readonly: true, fileMustExist: true });
try {
  teachFailureGroup(db);
  teachLowerText(db);
  parentPort?.postMessage(db.prepare(statement).all(...values));
} finally {
  db.close();
}
