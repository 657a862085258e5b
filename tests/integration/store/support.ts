import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { pino } from 'pino';
import { test as base, onTestFinished } from 'vitest';
import { Store } from '#src/main/store/store';
import type { Ms } from '#src/shared/model/units';
import { START } from './samples';

export const silent = pino({ level: 'silent' });

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is closed when the test ends. */
export function openStore(folder = temporaryFolder(), now: Ms = START): Store {
  const store = Store.open({ folder, now: () => now, log: silent });
  onTestFinished(() => store.close());
  return store;
}

/** Tests of a store in a folder of its own. */
export const storeTest = base
  .extend('folder', () => temporaryFolder())
  .extend('store', ({ folder }) => openStore(folder));

/** A second connection to look at the file with, or to do what the store never does. */
export function openBeside(folder: string): Database {
  const db = new SqliteDatabase(join(folder, 'holdfast.db'), { fileMustExist: true });
  onTestFinished(() => void db.close());
  return db;
}
