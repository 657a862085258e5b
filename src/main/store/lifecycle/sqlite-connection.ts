import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import { advice } from '../../platform/installation';
import { teachLowerText } from './lower-text.js';

/** Lowest Node-API version that the prebuilt native modules of better-sqlite3 support. */
const PREBUILD_NODE_API = 10;
/** Earlier versions can corrupt a WAL database with two connections (the WAL-reset bug). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** In bytes. A larger journal is cut back to this size after a checkpoint. */
const JOURNAL_SIZE_LIMIT = 32 * 1024 * 1024;
const BUSY_TIMEOUT_MS = 5_000;
/** Rows that only come about when somebody uses Holdfast. */
const CONTENT = [
  ['clients', 'true'],
  ['mcp_sessions', 'true'],
  ['events', 'session_id IS NOT NULL'],
  ['events', "kind IN ('client_created', 'client_removed')"],
] as const;

/**
 * Opens a writable connection with Holdfast's pragmas and `lower_text`, creating the file with mode 0600 if it does not exist.
 * Whoever opens it must close it.
 *
 * `synchronous=FULL`: what a client was told survives a power cut, not only a crash. No memory map: a damaged page must
 * cause an error, not crash the process.
 *
 * @throws HoldfastError `internal_error` if this runtime cannot load the native module, or SQLite is too old
 * @throws SqliteError if the file is not a healthy database
 */
export function openConnection(file: string): Database {
  assertLoadable();
  const created = createPrivate(file);
  const db = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    assertVersion(db);
    // Only possible before the first page is written, and switching to WAL writes it.
    if (created) db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('checkpoint_fullfsync = ON');
    db.pragma('foreign_keys = ON');
    db.pragma(`journal_size_limit = ${JOURNAL_SIZE_LIMIT}`);
    db.pragma('temp_store = MEMORY');
    db.pragma('trusted_schema = OFF');
    db.pragma('mmap_size = 0');
    teachLowerText(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whether the file is an intact database. Reads every page, which takes about 0.2 s per 100 MB. */
export function passesQuickCheck(file: string): boolean {
  assertLoadable();
  let db: Database | null = null;
  try {
    db = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    return db.pragma('quick_check(1)', { simple: true }) === 'ok';
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  } finally {
    db?.close();
  }
}

/**
 * Whether anything was ever stored in a database beyond what Holdfast notes of itself and its servers.
 * @throws SqliteError if a page that is read is damaged
 */
export function hasContent(db: Database): boolean {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  return CONTENT.some(
    ([table, where]) =>
      tables.includes(table) && db.prepare(`SELECT 1 FROM ${table} WHERE ${where} LIMIT 1`).get() !== undefined,
  );
}

/** Whether SQLite reports that the file is corrupt, as opposed to out of reach. */
export function isDamage(error: unknown): boolean {
  return error instanceof SqliteDatabase.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code);
}

/**
 * Makes a file readable by its owner only, creating it empty if it does not exist. Files that SQLite adds inherit its mode.
 * Never opens an existing file: closing it would drop the locks that SQLite holds on it in this process.
 * @returns whether the file was created
 */
export function createPrivate(file: string): boolean {
  if (!existsSync(file)) {
    try {
      closeSync(openSync(file, 'wx', 0o600));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  chmodSync(file, 0o600);
  return false;
}

/**
 * With an older Node-API, loading a prebuild ends the process without a message, so it must not get that far.
 * @throws HoldfastError `internal_error` that says what to do
 */
export function assertLoadable(): void {
  if (Number(process.versions.napi) >= PREBUILD_NODE_API) return;
  const root = dirname(createRequire(import.meta.url).resolve('better-sqlite3/package.json'));
  if (existsSync(join(root, 'build', 'Release', 'better_sqlite3.node'))) return;
  throw new HoldfastError(
    'internal_error',
    `The database module does not fit this runtime (Node ${process.versions.node}, Node-API ${process.versions.napi}). ` +
      advice().repair,
  );
}

function assertVersion(db: Database): void {
  const version = db.prepare<[], string>('SELECT sqlite_version()').pluck().get() ?? '0';
  const parts = version.split('.').map(Number);
  for (const [index, least] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      throw new HoldfastError(
        'internal_error',
        `SQLite ${version} can damage a database; Holdfast needs ${OLDEST_SQLITE.join('.')} or newer. ${advice().repair}`,
      );
    }
  }
}
