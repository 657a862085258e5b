import { describe, expect, test } from 'vitest';
import { RETENTION_STEP } from '#src/main/store/lifecycle/retention';
import { DAY, HOUR, MINUTE } from '#src/shared/model/units';
import { CALLED, call, START, storedSession, transport } from './samples';
import { openBeside, openStore, temporaryFolder } from './support';

const NOW = START + 1_000 * DAY;

function setUp() {
  const folder = temporaryFolder();
  const store = openStore(folder);
  const beside = openBeside(folder);
  const count = (table: string) => beside.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  return { folder, store, beside, count };
}

describe('retention', () => {
  test('removes at most 5,000 events a call, oldest first, and keeps 30 days', async () => {
    const { store, count } = setUp();
    const old = Array.from({ length: 2 * RETENTION_STEP + 10 }, (_, index) => call('s_x', NOW - 31 * DAY + index));
    const kept = [call('s_x', NOW - 30 * DAY), call('s_x', NOW)];
    store.repository.commit({ events: [...old, ...kept] });
    const total = old.length + kept.length;
    const left: unknown[] = [];
    for (let round = 0; round < 4; round += 1) {
      await store.maintain(NOW);
      left.push(count('events'));
    }
    expect(left).toEqual([total - RETENTION_STEP, total - 2 * RETENTION_STEP, 2, 2]);
    expect(store.events.readAfter(0, 10).map(({ seq }) => seq)).toEqual([total - 1, total]);
    expect(store.repository.commit({ events: [call('s_x', NOW)] })[0]?.seq).toBe(total + 1);
  });

  test('follows a clock that is months ahead by two hours a call, so that a wrong one wipes nothing out', async () => {
    const { store, count } = setUp();
    const [old, recent] = [call('s_x', NOW - 30 * DAY + HOUR), call('s_x', NOW - DAY)];
    store.repository.commit({ events: [old, recent] });
    const left: unknown[] = [];
    for (const now of [NOW, NOW + 100 * DAY, NOW + 100 * DAY, NOW - DAY, NOW + 100 * DAY]) {
      await store.maintain(now);
      left.push(count('events'));
    }
    expect(left).toEqual([2, 1, 1, 1, 1]);
  });

  test('keeps what was called for seven days', async () => {
    const { store, count } = setUp();
    store.activity.add([8, 7.1, 6.9, 0].map((days) => ({ ...CALLED, at: NOW - days * DAY })));
    await store.maintain(NOW);
    expect(count('activity')).toBe(2);
  });

  test('keeps minutes for 30 days and hours for 400', async () => {
    const { store, beside } = setUp();
    for (const days of [401, 400, 31, 30, 1]) {
      store.repository.commit({ events: [call('s_x', NOW - days * DAY + HOUR / 2)] });
    }
    await store.maintain(NOW + HOUR);
    const ages = (table: string) =>
      beside
        .prepare<[], number>(`SELECT bucket_at FROM ${table} ORDER BY bucket_at`)
        .pluck()
        .all()
        .map((at) => Math.round((NOW - at) / DAY));
    expect(ages('history_hour')).toEqual([31, 30, 1]);
    expect(ages('history_minute')).toEqual([1]);
  });

  test('keeps ended sessions for 30 days and takes their transports along; others stay however old they are', async () => {
    const { store, count } = setUp();
    const ended = (ended_at: number) => storedSession({ status: 'closed', ended_at, created_at: START });
    const [old, recent, open] = [
      ended(NOW - 31 * DAY),
      ended(NOW - 29 * DAY),
      storedSession({ status: 'disconnected', disconnected_at: START, created_at: START }),
    ];
    const sessions = [old, recent, open];
    const transports = sessions.map(({ session }) => transport({ session_id: session.session_id as never }));
    store.repository.commit({ events: [], sessions, transports });
    await store.maintain(NOW);
    expect(sessions.map(({ session }) => store.sessions.get(session.session_id) !== null)).toEqual([false, true, true]);
    expect(count('transports')).toBe(2);
  });

  test('removes at most 500 ended sessions a call', async () => {
    const { store, count } = setUp();
    const sessions = Array.from({ length: 501 }, () => storedSession({ status: 'expired', ended_at: START }));
    store.repository.commit({ events: [], sessions });
    await store.maintain(NOW);
    expect(count('mcp_sessions')).toBe(1);
    store.goOnRemoving();
    expect(count('mcp_sessions'), 'the rest is not left until the next time').toBe(0);
    store.repository.commit({ events: [], sessions: [storedSession({ status: 'expired', ended_at: START })] });
    store.goOnRemoving();
    expect(count('mcp_sessions'), 'nothing is left to remove').toBe(1);
  });

  test('removes ended transports of living sessions after 30 days', async () => {
    const { store } = setUp();
    const living = storedSession();
    const session_id = living.session.session_id as never;
    const transports = [31, 29].map((days) => transport({ session_id, ended_at: NOW - days * DAY }));
    store.repository.commit({ events: [], sessions: [living], transports });
    await store.maintain(NOW);
    expect(transports.map(({ transport_id }) => store.transports.get(transport_id) !== null)).toEqual([false, true]);
  });

  test('keeps messages of streams for a day and 10,000 of a session', async () => {
    const { store, count } = setUp();
    store.streams.open({ stream_id: 'a', session_id: 's_x', kind: 'get', request_ids: [], created_at: NOW });
    store.transaction(() => {
      for (let index = 0; index < 10_020; index += 1) store.streams.append('a', '{}', index < 5 ? NOW - DAY - 1 : NOW);
    });
    await store.maintain(NOW);
    expect(count('stream_messages')).toBe(10_000);
    expect(store.streams.after('s_x', 'a', 0)[0]?.index).toBe(21);
  });

  test('removes sign-ins that have ended', async () => {
    const { store, count } = setUp();
    store.uiTokens.insert('old', START, NOW - 1);
    store.uiTokens.insert('new', START, NOW + MINUTE);
    await store.maintain(NOW);
    expect(count('ui_tokens')).toBe(1);
  });

  test('gives the space back to the disk', async () => {
    const { store, beside } = setUp();
    const size = () => beside.pragma('page_count', { simple: true }) as number;
    const empty = size();
    const events = Array.from({ length: 4_000 }, (_, index) => call('s_x', START + index));
    store.repository.commit({ events });
    const full = size();
    await store.maintain(NOW);
    expect(size() - empty).toBeLessThan((full - empty) / 5);
  });
});
