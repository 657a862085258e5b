import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { RecordedActivity } from '#src/main/activity/activity-ports';
import { ContentsStore } from '#src/main/store/activity/contents-store';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import { DAY, HOUR } from '#src/shared/model/units';
import { CALLED, START } from './samples';
import { openBeside, openStore, storeTest as test } from './support';

const CANARY = 'canary-in-contents-5c1d';

const recorded = (text: string, at = START, lived = 0): RecordedActivity => {
  const json = JSON.stringify({ text });
  const part = { json, bytes: json.length, cut: false, masked: 0 };
  return { ...CALLED, at, contents: { parts: { params: part, result: part, error: null }, lived } };
};

/** Files in the folder that hold the text. */
const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path).isFile() && readFileSync(path).includes(text);
  });

const newest = (folder: string) =>
  Number(openBeside(folder).prepare('SELECT max(activity_id) FROM activity').pluck().get());

describe('contents of messages', () => {
  test('are kept beside their message, part by part', ({ store, folder }) => {
    store.activity.add([{ ...CALLED }, recorded('hello')]);
    const id = newest(folder);
    expect(store.activity.withContents(id)?.contents).toEqual({
      params: { json: '{"text":"hello"}', bytes: 16, cut: false, masked: 0 },
      result: { json: '{"text":"hello"}', bytes: 16, cut: false, masked: 0 },
      error: null,
    });
    expect(store.activity.withContents(id - 1)).toMatchObject({ activity: { method: CALLED.method }, contents: null });
    expect(store.activity.withContents(id + 1)).toBeNull();
  });

  test('are gone after a day by the clock, or by how long Holdfast has run', async ({ store, folder }) => {
    store.activity.add([recorded(CANARY, START, 0), recorded('newer', START + 2 * HOUR, 2 * HOUR)]);
    const id = newest(folder);
    await store.maintain(START + DAY - 1, HOUR);
    expect(store.activity.withContents(id - 1)?.contents).not.toBeNull();
    await store.maintain(START + DAY, HOUR);
    expect(store.activity.withContents(id - 1)).toMatchObject({ contents: null });
    expect(store.activity.withContents(id)?.contents).not.toBeNull();
    expect(filesWith(folder, CANARY)).toEqual([]);
    await store.maintain(START + DAY, DAY + 2 * HOUR);
    expect(store.activity.withContents(id)).toMatchObject({ contents: null });
  });

  test('give way to newer ones when there is too much', ({ store, folder }) => {
    const db = openBeside(folder);
    db.pragma('foreign_keys = ON');
    const contents = new ContentsStore(db, new Transactions(db), 4_000);
    for (let n = 0; n < 20; n += 1) {
      store.activity.add([{ ...CALLED }]);
      const id = newest(folder);
      contents.writing(() => contents.add(id, { parts: partsOf('x'.repeat(500)), lived: 0 }, START));
    }
    const ids = db.prepare('SELECT DISTINCT activity_id FROM activity_contents ORDER BY 1').pluck().all() as number[];
    expect(ids.length).toBeGreaterThan(1);
    expect(ids.length).toBeLessThan(8);
    expect(ids.at(-1)).toBe(newest(folder));
    expect(contents.of(ids[0] ?? 0)).not.toBeNull();
  });

  test('go a few at a time after a limit was lowered, the rest in steps', ({ store, folder }) => {
    const db = openBeside(folder);
    db.pragma('foreign_keys = ON');
    const contents = new ContentsStore(db, new Transactions(db));
    store.activity.add(Array.from({ length: 300 }, () => recorded('x'.repeat(500))));
    const kept = () => db.prepare('SELECT count(DISTINCT activity_id) FROM activity_contents').pluck().get();
    contents.limit(4_000);
    store.activity.add([{ ...CALLED }]);
    contents.writing(() => contents.add(newest(folder), { parts: partsOf('y'), lived: 0 }, START));
    expect(kept()).toBe(251);
    expect(contents.trimStep(200)).toBe(200);
    contents.trimStep(200);
    expect(kept()).toBeLessThan(8);
  });

  test('go on request alone, from the file and its journal, which shrink', async ({ store, folder }) => {
    // Of many lengths, so that pages are split and joined, and some are deleted on the way.
    for (let n = 0; n < 60; n += 1) store.activity.add([recorded(CANARY.repeat((n * 7_919) % 2_500), START + n, 0)]);
    await store.maintain(START + DAY + 20);
    const file = join(folder, 'holdfast.db');
    openBeside(folder).pragma('wal_checkpoint(TRUNCATE)');
    const before = statSync(file).size;
    expect(filesWith(folder, CANARY)).not.toEqual([]);
    const expected = await store.keptSizes.count('contents', 0);
    expect(expected).toEqual({ events: 0, sessions: 0, activity: 0, contents: 39, history: 0 });
    expect((await store.keptSizes.measure()).areas.find(({ name }) => name === 'contents')?.bytes).toBeGreaterThan(1e6);
    expect(await store.deletion.run('contents', START, 0)).toEqual(expected);
    expect(filesWith(folder, CANARY)).toEqual([]);
    expect(statSync(file).size).toBeLessThan(before - 1_000_000);
    expect(store.activity.withContents(newest(folder))).toMatchObject({ contents: null });
  });

  test('go with the activity that they belong to', async ({ store, folder }) => {
    store.activity.add([recorded(CANARY)]);
    const expected = await store.keptSizes.count('activity', 0);
    expect(expected).toMatchObject({ activity: 1, contents: 1 });
    expect(await store.deletion.run('activity', START, 0)).toEqual(expected);
    expect(filesWith(folder, CANARY)).toEqual([]);
  });

  test('are in no backup', async ({ folder }) => {
    // What a kill in the middle of a backup leaves.
    mkdirSync(join(folder, 'backups'), { recursive: true });
    writeFileSync(join(folder, 'backups', 'holdfast-2026-01-01T00-00-00-000Z.db.tmp-journal'), CANARY);
    const store = openStore(folder);
    store.activity.add([recorded(CANARY)]);
    await store.maintain(START + HOUR);
    const backups = readdirSync(join(folder, 'backups'));
    expect(backups).toHaveLength(1);
    expect(filesWith(join(folder, 'backups'), CANARY)).toEqual([]);
    expect(store.activity.withContents(newest(folder))?.contents).not.toBeNull();
  });
});

const partsOf = (text: string) => {
  const json = JSON.stringify(text);
  return { params: { json, bytes: json.length, cut: false, masked: 0 }, result: null, error: null };
};
