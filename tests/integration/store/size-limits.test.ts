import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect } from 'vitest';
import type { RecordedActivity } from '#src/main/activity/activity-ports';
import { ContentsStore } from '#src/main/store/activity/contents-store';
import { StreamStore } from '#src/main/store/events/stream-store';
import { SizeLimits } from '#src/main/store/kept/size-limits';
import { Transactions } from '#src/main/store/lifecycle/transactions';
import type { Store } from '#src/main/store/store';
import { DAY, MIB, MINUTE } from '#src/shared/model/units';
import { CALLED, call, START, storedSession } from './samples';
import { openBeside, storeTest as test } from './support';

const TIMES = { events: 30 * DAY, activity: 7 * DAY, history: 400 * DAY };
const ROOMY = {
  events: 900 * MIB,
  activity: 900 * MIB,
  history: 900 * MIB,
  contents: 900 * MIB,
  messages: 900 * MIB,
  log: MIB,
  backups: 900 * MIB,
};

const limit = (store: Store, sizes: Partial<typeof ROOMY>) => store.keep(TIMES, { ...ROOMY, ...sizes });

/** Bytes of all pages that belong to a table. */
async function bytesOf(store: Store, name: string): Promise<number> {
  const { areas } = await store.keptSizes.measure();
  return areas.find((area) => area.name === name)?.bytes ?? 0;
}

/** Writes everything, and fails when it comes to commit. */
class FullDisk extends Transactions {
  isFull = true;

  override run<T>(work: () => T): T {
    return super.run(() => {
      const result = work();
      if (this.isFull) throw new SqliteDatabase.SqliteError('database or disk is full', 'SQLITE_FULL');
      return result;
    });
  }
}

const fileSize = (folder: string) => statSync(join(folder, 'holdfast.db')).size;

const filesWith = (folder: string, text: string): string[] =>
  readdirSync(folder).filter(
    (name) => statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(text),
  );

describe('activity beyond its limit', () => {
  test('goes with the oldest, is overwritten, and the file shrinks', async ({ store, folder }) => {
    const rows = Array.from({ length: 30_000 }, (_, index) => ({
      ...CALLED,
      session_id: `s_${index % 50}`,
      error: index < 100 ? 'canary-of-size-limits' : null,
      outcome: index < 100 ? ('error' as const) : ('ok' as const),
    }));
    for (let at = 0; at < rows.length; at += 10_000) store.activity.add(rows.slice(at, at + 10_000));
    const before = await bytesOf(store, 'activity');
    openBeside(folder).pragma('wal_checkpoint(TRUNCATE)');
    const fileBefore = fileSize(folder);
    limit(store, { activity: 2 * MIB });
    await store.enforceSizes();
    const beside = openBeside(folder);
    const left = beside.prepare('SELECT min(activity_id) AS first, max(activity_id) AS last FROM activity').get() as {
      first: number;
      last: number;
    };
    const after = await bytesOf(store, 'activity');
    expect(before).toBeGreaterThan(3.5 * MIB);
    expect(after).toBeLessThanOrEqual(2 * MIB);
    expect(after).toBeGreaterThan(1.2 * MIB);
    expect([left.last, left.first > 10_000]).toEqual([30_000, true]);
    expect(fileBefore - fileSize(folder)).toBeGreaterThan((before - after) * 0.9);
    expect(filesWith(folder, 'canary-of-size-limits')).toEqual([]);
    // Within its limit, nothing more goes.
    await store.enforceSizes();
    expect(beside.prepare('SELECT min(activity_id) FROM activity').pluck().get()).toBe(left.first);
  });

  test('is noticed again after it has grown', async ({ store, folder }) => {
    limit(store, { activity: 2 * MIB });
    const many = Array.from({ length: 5_000 }, () => ({ ...CALLED }));
    const sizes: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      store.activity.add(many);
      await store.enforceSizes();
      sizes.push(await bytesOf(store, 'activity'));
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * MIB);
    expect(openBeside(folder).prepare('SELECT max(activity_id) FROM activity').pluck().get()).toBe(30_000);
  });
});

test('events beyond their limit go with the oldest, and sessions that ended before go with them', async ({ store }) => {
  const ended = storedSession({ status: 'closed', ended_at: START + 1_000 });
  const later = storedSession({ status: 'closed', ended_at: START + 19_999 });
  const open = storedSession({ status: 'disconnected', disconnected_at: START });
  const events = Array.from({ length: 20_000 }, (_, index) => call(open.session.session_id, START + index));
  store.repository.commit({ events, sessions: [ended, later, open] });
  limit(store, { events: 2 * MIB });
  await store.enforceSizes();
  const [first] = store.events.readAfter(0, 1);
  expect(await bytesOf(store, 'events')).toBeLessThanOrEqual(2 * MIB);
  expect(first?.seq).toBeGreaterThan(2_000);
  const isThere = ({ session }: typeof ended) => store.sessions.get(session.session_id) !== null;
  expect([ended, later, open].map(isThere)).toEqual([false, true, true]);
});

test('a limit that is lowered is enforced without being asked for', async ({ store, folder }) => {
  store.activity.add(Array.from({ length: 10_000 }, () => ({ ...CALLED })));
  limit(store, { activity: MIB / 2 });
  const beside = openBeside(folder);
  const rows = () => Number(beside.prepare('SELECT count(*) FROM activity').pluck().get());
  await expect.poll(rows, { timeout: 10_000 }).toBeLessThan(6_000);
});

test('history beyond its limit goes minute by minute, before any hour', async ({ store, folder }) => {
  const events = Array.from({ length: 12_000 }, (_, index) => call('s_1', START + index * MINUTE));
  store.repository.commit({ events });
  const beside = openBeside(folder);
  const count = (table: string) => Number(beside.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const hours = count('history_hour');
  limit(store, { history: MIB });
  await store.enforceSizes();
  expect(await bytesOf(store, 'history')).toBeLessThanOrEqual(MIB);
  expect([count('history_minute') > 1_000, count('history_hour')]).toEqual([true, hours]);
  expect(beside.prepare('SELECT max(bucket_at) FROM history_minute').pluck().get()).toBe(START + 11_999 * MINUTE);
});

test('recorded contents and kept messages beyond their limits go: what was delivered first', async ({
  store,
  folder,
}) => {
  const recorded = (index: number): RecordedActivity => {
    const text = `${index < 50 ? 'canary-recorded' : ''}${'x'.repeat(8_000)}`;
    const part = { json: JSON.stringify({ text }), bytes: 8_000, cut: false, masked: 0 };
    return { ...CALLED, contents: { parts: { params: part, result: null, error: null }, lived: 0 } };
  };
  store.activity.add(Array.from({ length: 600 }, (_, index) => recorded(index)));
  for (const id of ['a', 'b', 'c']) {
    store.streams.open({ stream_id: id, session_id: 's_1', kind: 'post', request_ids: [id], created_at: START });
    store.streams.append(id, JSON.stringify({ id, result: 'y'.repeat(MIB) }), START, id === 'b', id);
  }
  const isKept = (id: string) => !store.streams.after('s_1', id, 0)[0]?.message.includes('error');
  expect(filesWith(folder, 'canary-recorded').length).toBeGreaterThan(0);
  limit(store, { contents: MIB, messages: 2.8 * MIB });
  await store.enforceSizes();
  expect(await bytesOf(store, 'contents')).toBeLessThanOrEqual(1.2 * MIB);
  const newest = openBeside(folder).prepare('SELECT max(activity_id) FROM activity_contents').pluck().get();
  expect(newest).toBe(600);
  expect(['a', 'b', 'c'].map(isKept)).toEqual([true, false, true]);
  expect(filesWith(folder, 'canary-recorded')).toEqual([]);
});

test('while no commit succeeds, nothing goes, which is said once, and later it goes on', async ({ store, folder }) => {
  store.transaction(() => {
    for (let index = 0; index < 300; index += 1) {
      const id = `m_${index}`;
      store.streams.open({ stream_id: id, session_id: 's_1', kind: 'post', request_ids: [id], created_at: START });
      store.streams.append(id, JSON.stringify({ id, result: 'y'.repeat(8_000) }), START, false, id);
    }
  });
  const part = { json: JSON.stringify('x'.repeat(8_000)), bytes: 8_000, cut: false, masked: 0 };
  const contents = { parts: { params: part, result: null, error: null }, lived: 0 };
  store.activity.add(Array.from({ length: 300 }, () => ({ ...CALLED, contents })));
  const db = openBeside(folder);
  const transactions = new FullDisk(db);
  const said: string[] = [];
  const limits = new SizeLimits({
    db,
    transactions,
    file: join(folder, 'holdfast.db'),
    contents: new ContentsStore(db, transactions),
    streams: new StreamStore(db, transactions),
    log: { warn: (_fields, text) => void said.push(text) },
  });
  limits.set({ ...ROOMY, contents: MIB, messages: MIB });
  const left = () => [
    db.prepare('SELECT count(*) FROM activity_contents').pluck().get(),
    db.prepare('SELECT count(*) FROM stream_messages WHERE bytes > 0').pluck().get(),
  ];
  for (const _ of [1, 2]) await limits.enforce();
  expect([left(), said.length]).toEqual([[300, 300], 1]);
  transactions.isFull = false;
  await limits.enforce();
  expect(Math.max(...left().map(Number))).toBeLessThan(150);
  expect(said).toHaveLength(1);
});

test('whoever reads meanwhile holds nothing up; the journal is emptied when the reading is over', async ({
  store,
  folder,
}) => {
  store.activity.add(Array.from({ length: 10_000 }, () => ({ ...CALLED, error: 'canary-of-journal' })));
  const reader = openBeside(folder);
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM activity').get();
  limit(store, { activity: MIB / 2 });
  const ticks = [performance.now()];
  const ticking = setInterval(() => ticks.push(performance.now()), 10);
  await store.enforceSizes();
  clearInterval(ticking);
  ticks.push(performance.now());
  const pauses = ticks.slice(1).map((at, index) => at - (ticks[index] ?? at));
  expect(Math.max(...pauses)).toBeLessThan(3_000);
  const journal = () => statSync(join(folder, 'holdfast.db-wal')).size;
  expect(journal()).toBeGreaterThan(0);
  reader.exec('COMMIT');
  await store.enforceSizes();
  expect(journal()).toBe(0);
});

test('a store that is closed meanwhile gives up without an error', async ({ store }) => {
  store.activity.add(Array.from({ length: 10_000 }, () => ({ ...CALLED })));
  limit(store, { activity: MIB / 2 });
  const enforcing = store.enforceSizes();
  store.close();
  await expect(enforcing).resolves.toBeUndefined();
});
