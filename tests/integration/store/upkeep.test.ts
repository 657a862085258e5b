import { copyFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { trimSetAside } from '#src/main/store/lifecycle/recovery';
import { DAY, HOUR, MIB } from '#src/shared/model/units';
import { call, note, START } from './samples';
import { openStore, temporaryFolder, storeTest as test } from './support';

const KEPT = { events: 30 * DAY, activity: 7 * DAY, history: 400 * DAY };
const SIZES = { events: 1e9, activity: 1e9, history: 1e9, contents: 1e9, messages: 1e9, log: 1e9, backups: 1e9 };

const backups = (folder: string) => readdirSync(join(folder, 'backups')).sort();
const name = (at: number) => `holdfast-${new Date(at).toISOString().replace(/[:.]/g, '-')}.db`;
const eventsIn = (file: string) => {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return db.prepare('SELECT count(*) FROM events').pluck().get();
  } finally {
    db.close();
  }
};

describe('backups', () => {
  test('are taken once a day, and the three newest are kept', async ({ folder }) => {
    const store = openStore(folder);
    const seen: string[][] = [];
    for (const at of [0, HOUR, DAY - 1, DAY, 2 * DAY, 3 * DAY]) {
      store.repository.commit({ events: [note(START + at)] });
      await store.maintain(START + at);
      seen.push(backups(folder));
    }
    const days = [0, 1, 2, 3].map((day) => name(START + day * DAY));
    expect(seen).toEqual([
      days.slice(0, 1),
      days.slice(0, 1),
      days.slice(0, 1),
      days.slice(0, 2),
      days.slice(0, 3),
      days.slice(1, 4),
    ]);
    expect(eventsIn(join(folder, 'backups', days[3] ?? ''))).toBe(6);
  });

  test('of a clock that was years ahead push out none that is real, and do not make one due all the time', async ({
    folder,
  }) => {
    const store = openStore(folder);
    const ahead = [1_000, 1_001, 1_002].map((day) => START + day * DAY);
    for (const at of ahead) {
      store.repository.commit({ events: [note(at)] });
      await store.maintain(at);
    }
    expect(backups(folder)).toEqual(ahead.map(name));
    for (const at of [0, HOUR, DAY, 2 * DAY, 3 * DAY]) await store.maintain(START + at);
    expect(backups(folder)).toEqual([1, 2, 3].map((day) => name(START + day * DAY)));
  });

  test('are bounded in bytes and age, but for the newest and the newest with content', async ({ folder }) => {
    const store = openStore(folder);
    const take = async (at: number) => {
      store.repository.commit({ events: [note(START + at)] });
      await store.maintain(START + at);
      return backups(folder);
    };
    const days = [0, 1, 2, 3, 4].map((day) => name(START + day * DAY));
    store.keep(KEPT, { ...SIZES, backups: 16 * MIB });
    for (const day of [0, 1, 2]) await take(day * DAY);
    expect(backups(folder), 'they fit').toEqual(days.slice(0, 3));
    const size = statSync(join(folder, 'backups', days[2] ?? '')).size;
    store.keep(KEPT, { ...SIZES, backups: 2 * size });
    await store.maintain(START + 2 * DAY + 1);
    expect(backups(folder), 'two of them').toEqual(days.slice(1, 3));
    store.keep(KEPT, { ...SIZES, backups: 1 });
    expect(await take(3 * DAY), 'the newest, however large').toEqual(days.slice(3, 4));
    store.keep({ ...KEPT, events: DAY }, { ...SIZES, backups: 16 * MIB });
    expect(await take(4 * DAY), 'a clock that is ahead removes none at once').toEqual(days.slice(3));
    // Each call takes it for two hours later at most.
    for (let call = 0; call < 60; call += 1) await store.maintain(START + 4 * DAY + HOUR);
    expect(backups(folder), 'no older than events').toEqual(days.slice(4));
  });

  test('of damaged databases are two at most, and the newest stays', ({ folder }) => {
    openStore(folder).close();
    const damaged = (at: number) => `holdfast.db.corrupt-${at}`;
    for (const at of [START, START + 1, START + 2]) {
      writeFileSync(join(folder, damaged(at)), 'damaged');
      writeFileSync(join(folder, `holdfast.db-wal.corrupt-${at}`), 'its journal');
    }
    writeFileSync(join(folder, 'holdfast.db.corrupt-mine'), 'somebody else put it there');
    const left = () => readdirSync(folder).filter((one) => one.includes('corrupt'));
    const database = join(folder, 'holdfast.db');
    trimSetAside(database, { bytes: 1_000, age: DAY }, START + HOUR);
    expect(left().sort()).toEqual(
      [
        'holdfast.db.corrupt-mine',
        ...[START + 1, START + 2].flatMap((at) => [damaged(at), `holdfast.db-wal.corrupt-${at}`]),
      ].sort(),
    );
    trimSetAside(database, { bytes: 1, age: DAY }, START + 9 * DAY);
    expect(left()).toHaveLength(3);
    expect(left()).toContain(damaged(START + 2));
  });

  test('are whole and consistent while the store goes on writing', async ({ folder }) => {
    const store = openStore(folder);
    store.repository.commit({ events: Array.from({ length: 20_000 }, (_, index) => call('s_x', START + index)) });
    let running = true;
    const done = store.maintain(START).then(() => {
      running = false;
    });
    let during = 0;
    while (running) {
      store.repository.commit({ events: [note(START), note(START)] });
      during += 1;
      await new Promise(setImmediate);
    }
    await done;
    expect(during).toBeGreaterThan(1);
    const kept = eventsIn(join(folder, 'backups', name(START))) as number;
    expect(kept).toBeGreaterThanOrEqual(20_000);
    expect((kept - 20_000) % 2).toBe(0);
  });

  test('a second call while one runs waits for the same one', async ({ folder }) => {
    const store = openStore(folder);
    await Promise.all([store.maintain(START), store.maintain(START + 1)]);
    expect(backups(folder)).toEqual([name(START)]);
  });

  test('the store can be closed while one runs; what is unfinished is removed', async ({ folder }) => {
    const store = openStore(folder);
    store.repository.commit({ events: Array.from({ length: 20_000 }, (_, index) => call('s_x', START + index)) });
    const running = store.maintain(START);
    store.close();
    await running;
    expect(backups(folder)).toEqual([]);
    expect(openStore(folder).events.newestSeq()).toBe(20_000);
  });

  test('what a killed run left unfinished is removed at the next start', ({ folder }) => {
    openStore(folder).close();
    writeFileSync(join(folder, 'backups', `${name(START)}.tmp`), 'half');
    openStore(folder);
    expect(backups(folder)).toEqual([]);
  });

  test('one is taken, and the database checked, after a run that did not close it', async () => {
    const killed = temporaryFolder();
    const store = openStore(killed);
    store.repository.commit({ events: [note(START)] });
    const folder = temporaryFolder();
    openStore(folder).close();
    for (const suffix of ['', '-wal']) {
      copyFileSync(join(killed, `holdfast.db${suffix}`), join(folder, `holdfast.db${suffix}`));
    }
    copyFileSync(join(killed, 'holdfast.db'), join(folder, 'backups', name(START)));

    const next = openStore(folder);
    expect(next.events.newestSeq()).toBe(1);
    await next.maintain(START + HOUR);
    await next.maintain(START + 2 * HOUR);
    expect(backups(folder)).toEqual([name(START), name(START + HOUR)]);
  });
});
