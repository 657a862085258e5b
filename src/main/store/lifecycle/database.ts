import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Logger } from 'pino';
import type { Ms } from '../../../shared/model/units';
import { MIGRATIONS, migrate } from '../migrations/migrate';
import type { Migration } from '../migrations/migration';
import { backUpNow, prepareBackups } from './backup';
import { OwnerLock } from './owner-lock';
import { type DatabaseFiles, openOrRecover, recover } from './recovery';
import { isDamage } from './sqlite-connection';

export type StoreLog = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

export interface DatabaseOptions {
  /** Data folder, created if it does not exist. Only its owner can read it. */
  readonly folder: string;
  readonly now: () => Ms;
  readonly log: StoreLog;
  readonly migrations?: readonly Migration[];
}

/** An open database with the newest schema, owned by this process. */
export interface OpenDatabase {
  readonly db: Database;
  readonly files: DatabaseFiles;
  /** Sentences that tell the user what had to be done to open it. */
  readonly notices: string[];
  /** The data comes from a backup. */
  readonly restored: boolean;
  /** The previous run left its journal behind: it was killed, or the machine went down. */
  readonly unclean: boolean;
  /** Releases the folder. Close the connection first. */
  readonly release: () => void;
}

/** Where a data folder keeps its database and what belongs to it. */
export const databaseFiles = (folder: string): DatabaseFiles => ({
  database: join(folder, 'holdfast.db'),
  backups: join(folder, 'backups'),
  damageMark: join(folder, 'holdfast.db.damaged'),
});

/**
 * Opens the database of a data folder: takes the owner lock, sets a damaged file aside and restores the newest backup,
 * and brings the schema up to date.
 *
 * @throws HoldfastError `already_running` if another process owns the folder, `database_too_new` if a newer Holdfast wrote
 *   the database. In both cases the data stays as it was.
 */
export function openDatabase({ folder, now, log, migrations = MIGRATIONS }: DatabaseOptions): OpenDatabase {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const files = databaseFiles(folder);
  const lock = OwnerLock.acquire(join(folder, 'holdfast.lock'));
  try {
    prepareBackups(files.backups);
    const unclean = existsSync(`${files.database}-wal`);
    let opened = openOrRecover(files, now());
    const upgrade = (db: Database) => {
      const steps = migrate(db, () => backUpNow(db, files.backups, now()), migrations);
      if (steps.length > 0) log.info({ steps }, 'database migrated');
    };
    try {
      upgrade(opened.db);
    } catch (error) {
      opened.db.close();
      if (!isDamage(error) || opened.notices.length > 0) throw error;
      opened = recover(files, now());
      upgrade(opened.db);
    }
    for (const notice of opened.notices) log.warn(notice);
    return { ...opened, files, unclean, release: () => lock.release() };
  } catch (error) {
    lock.release();
    throw error;
  }
}
