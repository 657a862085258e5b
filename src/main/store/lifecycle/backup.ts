import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import type { Ms } from '../../../shared/model/units';
import { createPrivate, hasContent, isDamage, passesQuickCheck } from './sqlite-connection';
import { syncFile } from './sync-file';

const KEPT = 3;

/** What copies of the database may take. The newest stays in any case. */
export interface CopyLimits {
  /** Of all together. */
  readonly bytes: number;
  readonly age: Ms;
}

/** Limits in number only. */
const NO_LIMITS: CopyLimits = { bytes: Number.POSITIVE_INFINITY, age: Number.POSITIVE_INFINITY };
const UNFINISHED = '.tmp';
/** Unfinished backups, and the journals of backups that were looked at: each is one whole file. */
const LEFT_OVER = /\.tmp$|\.db(\.tmp)?-(wal|shm|journal)$/;
const NAME = /^holdfast-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3}Z)\.db$/;

export interface Backup {
  readonly file: string;
  readonly at: Ms;
}

/** Backups in the folder, newest first. Each is complete and passed its check when it was written. */
export function listBackups(folder: string): Backup[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      if (!match) return [];
      return [{ file: join(folder, name), at: Date.parse(`${match[1]}:${match[2]}:${match[3]}.${match[4]}`) }];
    })
    .sort((a, b) => b.at - a.at);
}

/** Creates the folder if needed and removes what an interrupted backup left behind. */
export function prepareBackups(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (LEFT_OVER.test(name)) rmSync(join(folder, name), { force: true });
}

/** Creates an empty file for a new backup; {@link finishBackup} turns it into one. */
export function beginBackup(folder: string, now: Ms): string {
  const unfinished = join(folder, `holdfast-${new Date(now).toISOString().replace(/[:.]/g, '-')}.db${UNFINISHED}`);
  rmSync(unfinished, { force: true });
  createPrivate(unfinished);
  return unfinished;
}

/** Adds a checked copy to the backups. More than three do not stay; {@link trimBackups} minds the other limits. */
export function finishBackup(folder: string, unfinished: string, now: Ms): void {
  syncFile(unfinished);
  renameSync(unfinished, unfinished.slice(0, -UNFINISHED.length));
  trimBackups(folder, NO_LIMITS, now);
}

/**
 * Removes backups beyond three, those that are too old, and the oldest of those that take too much together. The newest always
 * stays. If none that stays has content, the newest that has stays as well: a database that was lost and began anew must not
 * push out what there was before.
 * @param agedTo - see {@link surplusOf}
 */
export function trimBackups(folder: string, limits: CopyLimits, now: Ms, agedTo = now): void {
  const backups = listBackups(folder);
  const surplus = surplusOf(
    backups.map((backup) => ({ ...backup, bytes: statSync(backup.file, { throwIfNoEntry: false })?.size ?? 0 })),
    KEPT,
    limits,
    now,
    agedTo,
  );
  if (surplus.length === 0) return;
  const kept = backups.filter(({ file }) => !surplus.some((one) => one.file === file));
  const isEmpty = !kept.some(({ file }) => saysSomething(file));
  const spared = isEmpty ? surplus.find(({ file }) => saysSomething(file)) : undefined;
  for (const { file } of surplus) if (file !== spared?.file) rmSync(file, { force: true });
}

/**
 * The copies that do not stay. Those from a time that has not come are of a clock that was wrong, and count as the oldest: for
 * years, each would push out a real one.
 * @param copies - newest first
 * @param most - how many stay
 * @param agedTo - the time by which copies are too old; a clock that is wrong must not remove any
 */
export function surplusOf<T extends { readonly at: Ms; readonly bytes: number }>(
  copies: readonly T[],
  most: number,
  { bytes, age }: CopyLimits,
  now: Ms,
  agedTo = now,
): T[] {
  let sum = 0;
  const isReal = ({ at }: T) => at <= now;
  return [...copies.filter(isReal), ...copies.filter((copy) => !isReal(copy))].filter((copy, index) => {
    sum += copy.bytes;
    return index > 0 && (index >= most || agedTo - copy.at > age || sum > bytes);
  });
}

/** Whether a backup has content. */
export function saysSomething(backup: string): boolean {
  try {
    const db = new SqliteDatabase(backup, { readonly: true, fileMustExist: true });
    try {
      return hasContent(db);
    } finally {
      db.close();
      // Reading it begins a journal, which stays empty.
      for (const suffix of ['-wal', '-shm']) rmSync(backup + suffix, { force: true });
    }
  } catch (error) {
    if (isDamage(error)) return false;
    throw error;
  }
}

/**
 * Takes a backup right away. Blocks for about 1 s per 100 MB, so it is only for startup; later, `Upkeep` takes backups in
 * the background.
 * @throws HoldfastError `storage_unavailable` if the copy fails its check
 */
export function backUpNow(db: Database, folder: string, now: Ms): void {
  const unfinished = beginBackup(folder, now);
  try {
    db.prepare<[string]>('VACUUM INTO ?').run(unfinished);
    withoutContents(unfinished);
    if (!passesQuickCheck(unfinished)) {
      throw new HoldfastError('storage_unavailable', 'The database could not be backed up: its copy fails the check.');
    }
    finishBackup(folder, unfinished, now);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** What was recorded of messages is kept for a day, and backups are kept for longer. */
function withoutContents(file: string): void {
  const db = new SqliteDatabase(file, { fileMustExist: true });
  try {
    // A journal on the disk would hold what is deleted, and stay after a kill. The copy is thrown away in that case.
    db.pragma('journal_mode = MEMORY');
    // Of an earlier version, it has no such table.
    if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'activity_contents'").get()) return;
    if (!db.prepare('SELECT 1 FROM activity_contents LIMIT 1').get()) return;
    db.exec('DELETE FROM activity_contents');
    // Overwriting what is deleted would not reach copies in pages that are still used; writing all of them anew does.
    db.exec('VACUUM');
  } finally {
    db.close();
  }
}
