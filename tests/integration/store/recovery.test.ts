import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { NO_TOKEN } from '#src/main/sessions/session-ports';
import type { Store } from '#src/main/store/store';
import { DAY } from '#src/shared/model/units';
import { call, note, START, storedSession } from './samples';
import { openStore, temporaryFolder, storeTest as test } from './support';

const database = (folder: string) => join(folder, 'holdfast.db');
const setAside = (folder: string) => readdirSync(folder).filter((name) => name.includes('.corrupt-'));

/** Overwrites part of a file with bytes that no page has. */
function scribble(file: string, from: number, to: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0x5a, from, Math.min(to, bytes.length));
  writeFileSync(file, bytes);
}

/** A closed database with two backups (of 1 and of 2 events) and 3 events. */
async function withBackups(folder: string): Promise<void> {
  const store = openStore(folder);
  for (const day of [0, 1]) {
    store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
    await store.maintain(START + day * DAY);
  }
  store.repository.commit({ events: [note(START)] });
  store.close();
  expect(readdirSync(join(folder, 'backups'))).toHaveLength(2);
}

const eventsOf = (store: Store) => store.events.readAfter(0, 1_000).length;

describe('a damaged database', () => {
  test.each([
    ['with a destroyed header', (file: string) => scribble(file, 0, 100)],
    ['that is no database at all', (file: string) => writeFileSync(file, 'not a database '.repeat(1_000))],
    ['with a destroyed schema', (file: string) => scribble(file, 100, 4_096)],
    ['that is cut off in the middle', (file: string) => truncateSync(file, 4_096 * 3)],
    ['that is empty', (file: string) => truncateSync(file, 0)],
  ])('%s is kept aside and replaced by the newest backup', async (_, damage) => {
    const folder = temporaryFolder();
    await withBackups(folder);
    damage(database(folder));
    const broken = readFileSync(database(folder));

    const store = openStore(folder, START + 2 * DAY);
    expect(eventsOf(store)).toBe(2);
    expect(store.notices).toEqual([
      `The database was damaged and was kept as holdfast.db.corrupt-${START + 2 * DAY}. ` +
        `The backup of ${new Date(START + DAY).toISOString()} was restored; what happened after it is missing.`,
    ]);
    expect(readFileSync(join(folder, setAside(folder)[0] ?? '')).equals(broken)).toBe(true);

    store.repository.commit({ events: [note(START)] });
    store.close();
    const again = openStore(folder);
    expect(again.notices).toEqual([]);
    expect(eventsOf(again)).toBe(3);
  });

  test('takes its journal along, so that it is not played into what replaces it', () => {
    const killed = temporaryFolder();
    const store = openStore(killed);
    store.repository.commit({ events: [note(START)] });
    const folder = temporaryFolder();
    for (const suffix of ['', '-wal']) copyFileSync(database(killed) + suffix, database(folder) + suffix);
    writeFileSync(`${database(folder)}.damaged`, '');

    expect(eventsOf(openStore(folder))).toBe(0);
    expect(setAside(folder).sort()).toEqual([`holdfast.db-wal.corrupt-${START}`, `holdfast.db.corrupt-${START}`]);
  });

  test('makes reconnect tokens worthless: those used after the backup look unused in it', async ({ folder }) => {
    const store = openStore(folder);
    const current = { hash: 'h'.repeat(64), jti: 'j', iat: 1_700_000_000, exp: 1_700_000_900 };
    const stored = storedSession({}, { token: { ...NO_TOKEN, generation: 7, current, used_generation: 6 } });
    store.repository.commit({ events: [], sessions: [stored] });
    await store.maintain(START);
    store.close();
    scribble(database(folder), 0, 100);
    expect(openStore(folder).repository.sessions.get(stored.session.session_id)?.token).toEqual({
      generation: 7,
      current: null,
      previous: null,
      used_generation: 6,
      superseded: [],
      revoked_generation: 7,
    });
  });

  test('switches the recording of contents off: that may have happened after the backup', async ({ folder }) => {
    const store = openStore(folder);
    store.repository.commit({ events: [], sessions: [storedSession()] });
    store.settings.set('activity_recording', { servers: ['tickets'], until: null });
    await store.maintain(START);
    store.close();
    scribble(database(folder), 0, 100);
    const restored = openStore(folder);
    expect(restored.notices[0]).toContain('was restored');
    expect(restored.settings.get('activity_recording')).toBeNull();
  });

  test('skips a backup that is damaged itself', async ({ folder }) => {
    await withBackups(folder);
    const newest = readdirSync(join(folder, 'backups')).sort().at(-1) ?? '';
    scribble(join(folder, 'backups', newest), 4_096 * 2, 4_096 * 12);
    scribble(database(folder), 0, 100);
    const store = openStore(folder);
    expect(eventsOf(store)).toBe(1);
    expect(store.notices[0]).toContain(`The backup of ${new Date(START).toISOString()} was restored`);
  });

  test('without a backup leads to an empty history and says so', ({ folder }) => {
    writeFileSync(database(folder), 'not a database '.repeat(1_000));
    const store = openStore(folder);
    expect(store.events.newestSeq()).toBe(0);
    expect(store.notices).toEqual([expect.stringContaining('no usable backup')]);
    expect(setAside(folder)).toHaveLength(1);
  });

  test('that only shows when a page is read ends this start at most, not the next one', async ({ folder }) => {
    await withBackups(folder);
    // Every page but the one that holds the schema's root and the header.
    scribble(database(folder), 4_096, Number.MAX_SAFE_INTEGER);
    const store = openStore(folder);
    expect(eventsOf(store)).toBe(2);
    expect(setAside(folder)).toHaveLength(1);
  });
});

describe('beside good backups', () => {
  const START_OF = { missing: /^The database was missing\./, empty: /^The database was empty and was kept as / };
  const remove = (folder: string) => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(database(folder) + suffix, { force: true });
  };

  test.each(['missing', 'empty'] as const)(
    'a database that is %s is replaced by the newest with content',
    async (how) => {
      const folder = temporaryFolder();
      await withBackups(folder);
      // What a Holdfast that began anew left behind, and backed up.
      remove(folder);
      const backups = join(folder, 'backups');
      const elsewhere = temporaryFolder();
      const fresh = openStore(elsewhere);
      fresh.repository.commit({ events: [note(START)] });
      await fresh.maintain(START + 5 * DAY);
      fresh.close();
      for (const name of readdirSync(join(elsewhere, 'backups'))) {
        copyFileSync(join(elsewhere, 'backups', name), join(backups, name));
      }
      if (how === 'empty') copyFileSync(database(elsewhere), database(folder));

      const store = openStore(folder, START + 6 * DAY);
      expect(eventsOf(store)).toBe(2);
      expect(store.notices).toEqual([expect.stringMatching(START_OF[how])]);
      expect(store.notices[0]).toContain(`The backup of ${new Date(START + DAY).toISOString()} was restored`);
      expect(readdirSync(backups).filter((name) => !name.endsWith('.db'))).toEqual([]);
    },
  );

  test('a database that is empty stays when no backup has content either', async ({ folder }) => {
    const store = openStore(folder);
    await store.maintain(START);
    store.close();
    expect(openStore(folder).notices).toEqual([]);
  });

  test('empty backups never push out the newest that has content', async ({ folder }) => {
    await withBackups(folder);
    const kept = readdirSync(join(folder, 'backups')).sort().at(-1);
    const away = temporaryFolder();
    cpSync(join(folder, 'backups'), join(away, 'backups'), { recursive: true });
    remove(folder);
    rmSync(join(folder, 'backups'), { recursive: true });
    const store = openStore(folder);
    cpSync(join(away, 'backups'), join(folder, 'backups'), { recursive: true });
    for (let day = 2; day < 8; day++) await store.maintain(START + day * DAY);
    const left = readdirSync(join(folder, 'backups')).sort();
    expect(left).toHaveLength(4);
    expect(left[0]).toBe(kept);
  });
});

describe('damage that shows while Holdfast runs', () => {
  /** A clean database with one broken page of the event table, and a backup from before. */
  async function withBrokenPage(folder: string): Promise<void> {
    const store = openStore(folder);
    const events = Array.from({ length: 2_000 }, (_, index) => call('s_x', START + index));
    store.repository.commit({ events, sessions: [storedSession()] });
    await store.maintain(START);
    store.close();
    const root = rootOfEvents(folder);
    scribble(database(folder), (root - 1) * 4_096, root * 4_096);
  }

  test('in a read is reported at once and mended by the next start', async ({ folder }) => {
    await withBrokenPage(folder);
    const store = openStore(folder);
    expect(store.notices).toEqual([]);
    expect(() => store.events.readAfter(0, 10)).toThrow(/malformed/);
    expect(store.notices).toEqual([expect.stringContaining('is damaged')]);
    store.close();

    const next = openStore(folder, START + 1);
    expect(eventsOf(next)).toBe(1_000);
    expect(next.notices).toEqual([expect.stringContaining('was restored')]);
    next.close();
    expect(openStore(folder).notices).toEqual([]);
  });

  test('is found by the daily check, which takes no backup of it', async ({ folder }) => {
    await withBrokenPage(folder);
    const store = openStore(folder);
    await store.maintain(START + 2 * DAY);
    expect(store.notices).toEqual([expect.stringContaining('is damaged')]);
    expect(readdirSync(join(folder, 'backups'))).toHaveLength(1);
    store.close();
    expect(openStore(folder).notices).toEqual([expect.stringContaining('was restored')]);
  });

  test('in a write is a retryable failure', async ({ folder }) => {
    await withBrokenPage(folder);
    const store = openStore(folder);
    expect(() => store.repository.commit({ events: [note(START)] })).toThrow(
      expect.objectContaining({ code: 'storage_unavailable' }),
    );
    expect(existsSync(join(folder, 'holdfast.db.damaged'))).toBe(true);
  });
});

function rootOfEvents(folder: string): number {
  const store = openStore(folder);
  const { db } = (store as unknown as { opened: { db: import('better-sqlite3').Database } }).opened;
  const root = db.prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").pluck().get();
  store.close();
  return root ?? 0;
}
