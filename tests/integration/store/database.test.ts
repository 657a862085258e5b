import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, onTestFinished } from 'vitest';
import { openDatabase } from '#src/main/store/lifecycle/database';
import { MIGRATIONS } from '#src/main/store/migrations/migrate';
import type { Migration } from '#src/main/store/migrations/migration';
import { Store } from '#src/main/store/store';
import { HoldfastError } from '#src/shared/errors';
import { note, START } from './samples';
import { openBeside, openStore, silent, temporaryFolder, storeTest as test } from './support';

const NEWEST = MIGRATIONS.at(-1)?.version ?? 0;

const open = (folder: string, migrations?: readonly Migration[]) => {
  const opened = openDatabase({ folder, now: () => START, log: silent, migrations });
  onTestFinished(() => {
    opened.db.close();
    opened.release();
  });
  return opened;
};
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof HoldfastError ? error.code : String(error);
  }
  return 'nothing was thrown';
};
/** Makes a database with one event in the folder, and closes it. */
const filled = (folder: string): void => {
  const store = openStore(folder);
  store.repository.commit({ events: [note(START)] });
  store.close();
};
const step = (version: number, sql: string): Migration => ({
  version,
  name: `000${version}-test`,
  up: (db) => void db.exec(sql),
});

describe('a new database', () => {
  test('has the schema that was released', async () => {
    const { db } = open(temporaryFolder());
    const schema = db
      .prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name')
      .pluck()
      .all();
    await expect(`${schema.join(';\n\n')};\n`).toMatchFileSnapshot('schema.sql');
    expect(db.pragma('user_version', { simple: true })).toBe(NEWEST);
  });

  test('has only strict tables', () => {
    const { db } = open(temporaryFolder());
    const loose = db
      .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'")
      .all();
    expect(loose).toEqual([]);
  });

  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
    ['busy_timeout', 5_000],
    ['journal_size_limit', 32 * 1024 * 1024],
    ['temp_store', 2],
    ['trusted_schema', 0],
    ['auto_vacuum', 2],
    ['mmap_size', 0],
  ])('runs with %s = %s', (pragma, value) => {
    const { db } = open(temporaryFolder());
    expect(db.pragma(pragma, { simple: true })).toBe(value);
  });

  test.skipIf(process.platform === 'win32')('can be read by its owner alone', () => {
    const parent = temporaryFolder();
    const folder = join(parent, 'data');
    mkdirSync(folder, { mode: 0o755 });
    const store = openStore(folder);
    store.repository.commit({ events: [note(START)] });
    const mode = (path: string) => statSync(path).mode & 0o777;
    expect(mode(folder)).toBe(0o700);
    expect(mode(join(folder, 'backups'))).toBe(0o700);
    const files = readdirSync(folder).filter((name) => name !== 'backups');
    expect(files).toEqual(
      expect.arrayContaining(['holdfast.db', 'holdfast.db-wal', 'holdfast.db-shm', 'holdfast.lock']),
    );
    for (const name of files) expect([name, mode(join(folder, name))]).toEqual([name, 0o600]);
  });
});

test.skipIf(process.platform === 'win32')('a database that others could read is closed to them', ({ folder }) => {
  filled(folder);
  const files = ['holdfast.db', 'holdfast.lock'].map((name) => join(folder, name));
  for (const file of files) chmodSync(file, 0o644);
  openStore(folder);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
});

describe('closing', () => {
  test('leaves one whole file and can be done twice', ({ folder }) => {
    const store = openStore(folder);
    store.repository.commit({ events: [note(START)] });
    store.close();
    store.close();
    expect(readdirSync(folder).sort()).toEqual(['backups', 'holdfast.db', 'holdfast.lock']);
    expect(openStore(folder).events.newestSeq()).toBe(1);
  });
});

describe('migrations', () => {
  test('are numbered without gaps, the same as in their names', () => {
    const versions = MIGRATIONS.map(({ version }) => version);
    expect(versions).toEqual(versions.map((_, index) => index + 1));
    expect(MIGRATIONS.map(({ name }) => Number.parseInt(name, 10))).toEqual(versions);
  });

  test('a pending one runs after a backup of what was there, and keeps the data', ({ folder }) => {
    filled(folder);
    const next = NEWEST + 1;
    const { db, files } = open(folder, [...MIGRATIONS, step(next, 'CREATE TABLE added (x INTEGER) STRICT')]);
    expect(db.pragma('user_version', { simple: true })).toBe(next);
    expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(1);
    const backups = readdirSync(files.backups);
    expect(backups).toEqual(['holdfast-2026-11-22T12-00-00-000Z.db']);
  });

  test('a new database needs no backup', () => {
    const { files } = open(temporaryFolder());
    expect(readdirSync(files.backups)).toEqual([]);
  });

  test('one that fails leaves the database as it was', ({ folder }) => {
    filled(folder);
    const broken = step(NEWEST + 1, 'CREATE TABLE half (x INTEGER) STRICT; SELECT nonsense FROM nowhere');
    expect(() => open(folder, [...MIGRATIONS, broken])).toThrow(/nowhere/);
    const store = openStore(folder);
    expect(store.events.newestSeq()).toBe(1);
    expect(openBeside(folder).prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
  });

  test('one that breaks a reference is refused', ({ folder }) => {
    filled(folder);
    // Foreign keys that are deferred are not checked statement by statement: the check at the end has to see it.
    const breaking = step(
      NEWEST + 1,
      `CREATE TABLE child (parent TEXT REFERENCES mcp_sessions (session_id) DEFERRABLE INITIALLY DEFERRED) STRICT;
       INSERT INTO child VALUES ('s_missing')`,
    );
    expect(codeOf(() => open(folder, [...MIGRATIONS, breaking]))).toBe('internal_error');
    expect(openStore(folder).notices).toEqual([]);
  });

  test('a database of a newer Holdfast is refused and not touched', ({ folder }) => {
    filled(folder);
    const beside = openBeside(folder);
    beside.pragma(`user_version = ${NEWEST + 1}`);
    beside.close();
    const before = readFileSync(join(folder, 'holdfast.db'));
    expect(codeOf(() => openStore(folder))).toBe('database_too_new');
    expect(readFileSync(join(folder, 'holdfast.db')).equals(before)).toBe(true);
    // The refusal gives the folder up: the same answer again, not "already running".
    expect(codeOf(() => openStore(folder))).toBe('database_too_new');
  });
});

describe('a database that cannot be opened', () => {
  test('says why, which file it is and what to do; the stack is for the log alone', ({ folder }) => {
    mkdirSync(join(folder, 'holdfast.db'));
    const lines: string[] = [];
    const log = pino({ level: 'debug' }, { write: (line) => void lines.push(line) });
    expect(() => Store.open({ folder, now: () => START, log })).toThrow(
      expect.objectContaining({
        code: 'internal_error',
        message: expect.stringMatching(
          /^The database \S+holdfast\.db cannot be opened: .*\(SQLITE_CANTOPEN\w*\)\. Make sure that it is a file, /,
        ),
      }),
    );
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 20, err: { stack: expect.any(String) } }]);
  });

  test('because somebody changed its tables says how to go on with a backup, and leaves the folder free', ({
    folder,
  }) => {
    filled(folder);
    const db = openBeside(folder);
    db.exec('DROP TABLE streams');
    db.close();
    for (let tries = 0; tries < 2; tries += 1) {
      expect(() => openStore(folder)).toThrow(
        /cannot be opened: no such table: \S+ \(SQLITE_ERROR\)\. Move it .*"backups"/,
      );
    }
  });
});
