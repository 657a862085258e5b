import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { HoldfastError } from '../../shared/errors';
import type { Ms } from '../../shared/model/units';
import { createPrivate, passesQuickCheck } from './connection';

const KEPT = 3;
const NAME = /^holdfast-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3}Z)\.db$/;

export interface Backup {
  readonly file: string;
  readonly at: Ms;
}

/** Backups in the folder, newest first. */
export function listBackups(folder: string): Backup[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      return match
        ? [{ file: join(folder, name), at: Date.parse(`${match[1]}:${match[2]}:${match[3]}.${match[4]}`) }]
        : [];
    })
    .sort((a, b) => b.at - a.at);
}

/** File name of a backup that is taken now. */
export const backupFile = (folder: string, now: Ms): string =>
  join(folder, `holdfast-${new Date(now).toISOString().replace(/[:.]/g, '-')}.db`);

/**
 * Writes a compact copy of the database, checks it and moves it into place: a file under a backup's name is always whole.
 * Blocks for about 1 s per 100 MB; while Holdfast runs it belongs into the worker.
 *
 * @param db - any connection to the database, a read-only one too
 */
export function writeBackup(db: Database, file: string): void {
  const unfinished = `${file}.tmp`;
  rmSync(unfinished, { force: true });
  createPrivate(unfinished);
  try {
    db.prepare<[string]>('VACUUM INTO ?').run(unfinished);
    sync(unfinished);
    if (!passesQuickCheck(unfinished)) {
      throw new HoldfastError('storage_unavailable', 'The copy of the database does not pass its check.');
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Makes the folder ready and removes what an interrupted backup left behind. */
export function prepareBackups(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder)) if (name.endsWith('.tmp')) rmSync(join(folder, name), { force: true });
}

/** Removes all but the three newest backups. */
export function pruneBackups(folder: string): void {
  for (const { file } of listBackups(folder).slice(KEPT)) rmSync(file, { force: true });
}

function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
