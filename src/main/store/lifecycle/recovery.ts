import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { said } from '../../../shared/messages/said';
import type { Ms } from '../../../shared/model/units';
import { type Backup, type CopyLimits, listBackups, saysSomething, surplusOf } from './backup';
import { hasContent, isDamage, openConnection, passesQuickCheck } from './sqlite-connection';
import { syncFile } from './sync-file';

/** Damaged databases that are kept. */
const MOST_SET_ASIDE = 2;

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

/** Whether a running Holdfast found the database damaged, so that the next opening sets it aside. */
export const isMarkedDamaged = (files: DatabaseFiles): boolean => existsSync(files.damageMark);

/**
 * Opens the database. A damaged file is kept under another name and replaced by the newest backup that has content and
 * passes its check, or by an empty database. A missing or empty file is replaced too, if there is such a backup.
 */
export function openOrRecover(files: DatabaseFiles, now: Ms): Opened {
  if (existsSync(files.database) && isMarkedDamaged(files)) return recover(files, now);
  try {
    const gone = whatIsGone(files);
    if (gone !== null && newestUsable(files) !== null) return recover(files, now, gone);
    const db = openConnection(files.database);
    try {
      // Reading the schema fails on a file that is not a database or is truncated.
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      const isEmpty = listBackups(files.backups).length > 0 && !hasContent(db);
      if (!isEmpty || newestUsable(files) === null) return { db, notices: [], restored: false };
      db.close();
      return recover(files, now, 'empty');
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    return recover(files, now);
  }
}

/** SQLite takes a missing or an empty file for a new database. Backups with content show that there used to be one. */
function whatIsGone({ database, backups }: DatabaseFiles): 'missing' | 'damaged' | null {
  // Without backups, which is so at the very first start, there is no reason to look closer.
  if (listBackups(backups).length === 0) return null;
  if (!existsSync(database)) return 'missing';
  return statSync(database).size === 0 ? 'damaged' : null;
}

const newestUsable = ({ backups }: DatabaseFiles): Backup | null =>
  listBackups(backups).find(({ file }) => passesQuickCheck(file) && saysSomething(file)) ?? null;

/** Recovers as {@link openOrRecover} does, for damage that shows only later during startup. */
export function recover(files: DatabaseFiles, now: Ms, why: 'damaged' | 'missing' | 'empty' = 'damaged'): Opened {
  const keptAs = quarantine(files.database, now);
  const backup = newestUsable(files);
  if (backup) {
    copyFileSync(backup.file, files.database);
    syncFile(files.database);
  }
  const db = openConnection(files.database);
  rmSync(files.damageMark, { force: true });
  const outcome = backup
    ? said('said.database.restored', { time: new Date(backup.at).toISOString() })
    : said('said.database.no_backup');
  return {
    db,
    notices: [`${foundAs(why, keptAs)} ${outcome}`],
    restored: backup !== undefined,
  };
}

function foundAs(why: 'damaged' | 'missing' | 'empty', keptAs: string): string {
  if (why !== 'missing') return said(`said.database.${why}`, { kept: keptAs });
  return said('said.database.missing');
}

/** Moves the database and its journal aside. Returns its new name. */
function quarantine(database: string, now: Ms): string {
  const suffix = `.corrupt-${now}`;
  for (const file of [database, `${database}-wal`, `${database}-shm`]) {
    if (existsSync(file)) renameSync(file, file + suffix);
  }
  return basename(database) + suffix;
}

/** Damaged databases that were set aside, each with its journal, newest first. */
export function listSetAside(database: string): { readonly files: readonly string[]; at: Ms; bytes: number }[] {
  const folder = dirname(database);
  const byTime = new Map<Ms, string[]>();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const at = /^(?:-wal|-shm)?\.corrupt-(\d+)$/.exec(
      name.startsWith(basename(database)) ? name.slice(basename(database).length) : '',
    );
    if (at) byTime.set(Number(at[1]), [...(byTime.get(Number(at[1])) ?? []), join(folder, name)]);
  }
  const sizeOf = (file: string) => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return [...byTime]
    .map(([at, files]) => ({ files, at, bytes: files.reduce((sum, file) => sum + sizeOf(file), 0) }))
    .sort((a, b) => b.at - a.at);
}

/** Removes damaged databases beyond the newest two and beyond the limits. The newest always stays. */
export function trimSetAside(database: string, limits: CopyLimits, now: Ms, agedTo = now): void {
  for (const { files } of surplusOf(listSetAside(database), MOST_SET_ASIDE, limits, now, agedTo)) {
    for (const file of files) rmSync(file, { force: true });
  }
}
