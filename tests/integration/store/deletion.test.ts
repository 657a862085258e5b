import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Store } from '#src/main/store/store';
import type { Deletion } from '#src/shared/contract/privacy';
import type { SessionId } from '#src/shared/model/ids';
import { DAY, HOUR } from '#src/shared/model/units';
import { CALLED, call, START, storedSession, transport } from './samples';
import { openBeside, openStore, temporaryFolder } from './support';

const NOW = START + 100 * DAY;
const CANARY = 'canary-in-a-message-7f3a';

function setUp() {
  const folder = temporaryFolder();
  const store = openStore(folder);
  const beside = openBeside(folder);
  const count = (table: string) => beside.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  const run = async (what: Deletion['what'], days = 0) => {
    const before = NOW - days * DAY;
    const expected = await store.keptSizes.count(what, before);
    const counts = await store.deletion.run(what, NOW, before);
    expect(counts).toEqual(expected);
    return counts;
  };
  return { folder, store, beside, count, run };
}

/** A session with 12,000 events, a transport and a kept message. */
function fill(store: Store, ended_at: number | null, at: number, events = 12_000): SessionId {
  const stored = storedSession({ status: ended_at === null ? 'active' : 'closed', ended_at });
  const session_id = stored.session.session_id as SessionId;
  store.repository.commit({
    sessions: [stored],
    events: Array.from({ length: events }, (_, index) => call(session_id, at + index)),
  });
  store.repository.commit({ events: [], transports: [transport({ session_id, ended_at })] });
  store.activity.add([message(session_id, at), message(session_id, at + 1)]);
  store.streams.open({ stream_id: `q_${session_id}`, session_id, kind: 'get', request_ids: [], created_at: at });
  store.streams.append(`q_${session_id}`, `{"text":"${CANARY}"}`, at);
  return session_id;
}

const message = (session_id: string, at: number) => ({ ...CALLED, session_id, at });

describe('a deletion on request', () => {
  test('of ended sessions takes all that is theirs, and nothing of others', async () => {
    const { store, beside, count, run } = setUp();
    const ended = fill(store, NOW - HOUR, NOW - DAY);
    const living = fill(store, null, NOW - DAY);
    expect(await run('ended_sessions')).toEqual({ events: 12_000, sessions: 1, activity: 2, contents: 0, history: 0 });
    const of = (table: string, id: string) =>
      beside.prepare(`SELECT count(*) FROM ${table} WHERE session_id = ?`).pluck().get(id);
    const kept: Record<string, number> = { events: 12_000, activity: 2 };
    for (const table of ['events', 'mcp_sessions', 'transports', 'streams', 'activity']) {
      expect(of(table, ended), table).toBe(0);
      expect(of(table, living), table).toBe(kept[table] ?? 1);
    }
    expect(count('stream_messages')).toBe(1);
    expect(Number(count('history_hour'))).toBeGreaterThan(0);
  });

  test('of activity takes what was called alone', async () => {
    const { store, count, run } = setUp();
    fill(store, null, NOW - DAY);
    expect(await run('activity')).toEqual({ events: 0, sessions: 0, activity: 2, contents: 0, history: 0 });
    expect([count('activity'), count('events')]).toEqual([0, 12_000]);
  });

  test('of history takes the charts alone', async () => {
    const { store, count, run } = setUp();
    fill(store, NOW - HOUR, NOW - DAY);
    const { history, events } = await run('history');
    expect({ history, events }).toEqual({ history: expect.any(Number), events: 0 });
    expect(history).toBeGreaterThan(1);
    expect([count('history_minute'), count('history_hour'), count('events')]).toEqual([0, 0, 12_000]);
  });

  test('of what is older keeps what is younger to the millisecond', async () => {
    const { store, beside, run } = setUp();
    const old = fill(store, NOW - 8 * DAY, NOW - 9 * DAY, 10);
    const young = fill(store, NOW - 6 * DAY, NOW - 7 * DAY, 10);
    store.repository.commit({ events: [call('s_x', NOW - 7 * DAY - 1)] });
    expect(await run('older', 7)).toMatchObject({ events: 11, sessions: 1 });
    expect(beside.prepare('SELECT DISTINCT session_id FROM events').pluck().all()).toEqual([young]);
    expect(beside.prepare('SELECT session_id FROM mcp_sessions').pluck().all()).toEqual([young]);
    expect(old).not.toBe(young);
    expect(await run('older', 7)).toEqual({ events: 0, sessions: 0, activity: 0, contents: 0, history: 0 });
  });

  test('of what is older takes the tasks that clients were given, and so does removing the client', async () => {
    const { store, run } = setUp();
    const give = (task_id: string, given_at: number, client_id = 'c_1') =>
      store.tasks.give({ server: 'one', task_id, client_id, session_id: null, given_at }, false);
    give('old', NOW - 8 * DAY);
    give('young', NOW - 6 * DAY);
    give('others', NOW - 6 * DAY, 'c_2');
    await run('older', 7);
    const isGiven = (task_id: string, client_id = 'c_1') => store.tasks.isGiven('one', task_id, client_id);
    expect([isGiven('old'), isGiven('young')]).toEqual([false, true]);
    store.deletion.forgetClient('c_1', NOW);
    expect([isGiven('young'), isGiven('others', 'c_2')]).toEqual([false, true]);
  });

  test('leaves nothing of it in the files of the database', async () => {
    const { folder, store, beside, run } = setUp();
    fill(store, NOW - HOUR, NOW - DAY, 10);
    // A reader keeps the journal as it is.
    beside.close();
    const isThere = () =>
      ['holdfast.db', 'holdfast.db-wal'].some((name) => readFileSync(join(folder, name)).includes(CANARY));
    expect(isThere()).toBe(true);
    await run('ended_sessions');
    expect(isThere()).toBe(false);
  });

  test('of one session leaves nothing of it there either', async () => {
    const { folder, store, beside } = setUp();
    const ended = fill(store, NOW - HOUR, NOW - DAY, 10);
    beside.close();
    await store.deletion.forget(ended);
    for (const name of ['holdfast.db', 'holdfast.db-wal']) {
      expect(readFileSync(join(folder, name)).includes(CANARY), name).toBe(false);
    }
  });

  test('of ended sessions takes the names that a person gave them, and leaves nothing of those either', async () => {
    const { folder, store, beside, run } = setUp();
    const ended = fill(store, NOW - HOUR, NOW - DAY, 10);
    const living = fill(store, null, NOW - DAY, 10);
    store.sessionNames.set(ended, 'Acme merger');
    store.sessionNames.set(living, 'Nightly');
    beside.close();
    await run('history');
    expect(Object.keys(store.sessionNames.list())).toEqual([ended, living]);
    await run('ended_sessions');
    expect(store.sessionNames.list()).toEqual({ [living]: 'Nightly' });
    for (const name of ['holdfast.db', 'holdfast.db-wal']) {
      expect(readFileSync(join(folder, name)).includes('Acme merger'), name).toBe(false);
    }
  });

  test('lets other work go on, and refuses a second one meanwhile', async () => {
    const { store } = setUp();
    fill(store, NOW - HOUR, NOW - DAY);
    const running = store.deletion.run('ended_sessions', NOW, NOW);
    await expect(store.deletion.run('history', NOW, NOW)).rejects.toThrow('Something is being deleted already');
    store.repository.commit({ events: [call('s_x', NOW)] });
    expect(await running).toMatchObject({ events: 12_000, sessions: 1 });
    await expect(store.deletion.run('history', NOW, NOW)).resolves.toBeDefined();
  });

  test('that Holdfast stops in the middle ends with a sentence, and goes on the next time', async () => {
    const { folder, store } = setUp();
    fill(store, NOW - HOUR, NOW - DAY);
    const running = store.deletion.run('ended_sessions', NOW, NOW);
    store.close();
    await expect(running).rejects.toMatchObject({ code: 'storage_unavailable' });
    const again = openStore(folder);
    expect(await again.deletion.run('ended_sessions', NOW, NOW)).toMatchObject({ sessions: 1 });
  });

  test('leaves a gap in the log that monitors are told of', async () => {
    const { store, run } = setUp();
    store.repository.commit({ events: [call('s_x', NOW)] });
    fill(store, NOW - HOUR, NOW - DAY, 10);
    const [last] = store.repository.commit({ events: [call('s_x', NOW)] });
    const newest = last?.seq ?? 0;
    expect([store.events.isWholeAfter(0), store.events.isWholeAfter(newest)]).toEqual([true, true]);
    await run('ended_sessions');
    expect([store.events.isWholeAfter(1), store.events.isWholeAfter(newest - 1)]).toEqual([false, true]);
    expect(store.events.newestSeq()).toBe(newest);
  });
});

test('what is kept is measured by area, with its time', async () => {
  const { store } = setUp();
  const empty = await store.keptSizes.measure();
  fill(store, NOW - HOUR, NOW - DAY);
  store.keep({ events: 7 * DAY, activity: 2 * DAY, history: DAY });
  const full = await store.keptSizes.measure();
  const area = (kept: typeof full, name: string) => kept.areas.find((one) => one.name === name);
  expect(area(full, 'events')).toMatchObject({ kept: '7 days' });
  expect(area(full, 'history')).toMatchObject({ kept: '1 day' });
  expect((area(full, 'events')?.bytes ?? 0) - (area(empty, 'events')?.bytes ?? 0)).toBeGreaterThan(500_000);
  expect(full.total_bytes).toBeGreaterThanOrEqual(area(full, 'events')?.bytes ?? 0);
});
