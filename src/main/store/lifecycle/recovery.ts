import { copyFileSync, existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Ms } from '../../../shared/model/units';
import { listBackups } from './backup';
import { isDamage, openConnection, passesQuickCheck } from './sqlite-connection';
import { syncFile } from './sync-file';

/** Paths of a database and what belongs to it. */
export interface DatabaseFiles {
  readonly database: string;
  readonly backups: string;
  /** Exists if a running Holdfast found the database damaged; the next start then sets the database aside. */
  readonly damageMark: string;
}

export interface Opened {
  readonly db: Database;
  /** What the user needs to know; empty if the file was fine. */
  readonly notices: string[];
  /** The data comes from a backup. */
  readonly restored: boolean;
}

/** Tells the next start that the database is damaged. */
export function markDamaged(files: DatabaseFiles): void {
  writeFileSync(files.damageMark, '', { mode: 0o600 });
}

/**
 * Opens the database. A damaged file is kept under another name and replaced by the newest backup that passes its check,
 * or by an empty database.
 */
export function openOrRecover(files: DatabaseFiles, now: Ms): Opened {
  if (existsSync(files.database) && isKnownDamaged(files)) return recover(files, now);
  try {
    const db = openConnection(files.database);
    try {
      // Reading the schema fails on a file that is not a database or is truncated.
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      return { db, notices: [], restored: false };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    return recover(files, now);
  }
}

function isKnownDamaged(files: DatabaseFiles): boolean {
  if (existsSync(files.damageMark)) return true;
  // SQLite takes an empty file for a new database, but the backups show that there used to be data in it.
  return statSync(files.database).size === 0 && listBackups(files.backups).length > 0;
}

/** Recovers as {@link openOrRecover} does, for damage that shows only later during startup. */
export function recover(files: DatabaseFiles, now: Ms): Opened {
  const keptAs = quarantine(files.database, now);
  const backup = listBackups(files.backups).find(({ file }) => passesQuickCheck(file));
  if (backup) {
    copyFileSync(backup.file, files.database);
    syncFile(files.database);
  }
  const db = openConnection(files.database);
  rmSync(files.damageMark, { force: true });
  const outcome = backup
    ? `The backup of ${new Date(backup.at).toISOString()} was restored; what happened after it is missing.`
    : 'There was no usable backup, so Holdfast started with an empty history.';
  return {
    db,
    notices: [`The database was damaged and was kept as ${keptAs}. ${outcome}`],
    restored: backup !== undefined,
  };
}

/** Moves the database and its journal aside. Returns its new name. */
function quarantine(database: string, now: Ms): string {
  const suffix = `.corrupt-${now}`;
  for (const file of [database, `${database}-wal`, `${database}-shm`]) {
    if (existsSync(file)) renameSync(file, file + suffix);
  }
  return basename(database) + suffix;
}
