import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { DAY, HOUR } from '#src/shared/model/units';
import { call, note, START } from './samples';
import { openStore, temporaryFolder, storeTest as test } from './support';

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
