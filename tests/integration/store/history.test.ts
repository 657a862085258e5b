import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { NewEvent } from '#src/shared/contract/event';
import { type HistoryQuery, historySchema } from '#src/shared/contract/history';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { rawHistory } from '#tests/support/raw-history';
import { anyStep, Scenario } from './history-scenario';
import { call, note, reconnected, START, storedSession } from './samples';
import { openBeside, openStore, storeTest as test } from './support';

const QUERIES: HistoryQuery[] = [
  { range: '1h' },
  { range: '24h' },
  { range: '7d' },
  { range: '30d' },
  { range: '1h', bucket: '15m' },
  { range: '24h', bucket: '1m' },
  { range: '24h', bucket: '6h' },
  { range: '30d', bucket: '15m' },
];

describe('history', () => {
  test('from the rollups is the history from the raw events, whatever happened', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 1, maxLength: 60 }), (steps) => {
        const scenario = new Scenario();
        for (const step of steps) scenario.take(step);
        for (const query of QUERIES) {
          const { buckets, from, to, bucket_ms } = scenario.history(query);
          const raw = rawHistory(scenario.beside, from, to, bucket_ms);
          const live = scenario.live(from, to, bucket_ms);
          const expected = raw.map(({ down_ms, ...counts }, index) => {
            const seen = live[index];
            if (!seen || seen.observed_ms === 0) {
              return { ...counts, observed: false, live_average: null, live_peak: null, availability: null };
            }
            const whole = seen.live_ms + down_ms;
            return {
              ...counts,
              observed: true,
              live_average: seen.live_ms / seen.observed_ms,
              live_peak: seen.live_peak,
              availability: whole > 0 ? seen.live_ms / whole : null,
            };
          });
          expect(
            buckets.map(({ before_first_start: _, disconnected_by, ...one }) => {
              const { ended, lost, user, holdfast } = disconnected_by;
              expect(ended + lost + user + holdfast).toBe(one.disconnected);
              return one;
            }),
          ).toEqual(expected);
        }
        scenario.end();
      }),
      { numRuns: 40 },
    );
  });

  test.each([
    ['1h', undefined, 60, MINUTE],
    ['24h', undefined, 96, 15 * MINUTE],
    ['7d', undefined, 168, HOUR],
    ['30d', undefined, 120, 6 * HOUR],
    ['24h', '1m', 1_440, MINUTE],
    ['1h', '1h', 1, HOUR],
  ] as const)('of %s in buckets of %s has every one of its %d buckets, oldest first', (range, bucket, count, size) => {
    const now = START + 7 * MINUTE + 12_345;
    const history = openStore().history.query({ range, bucket }, now);
    expect(historySchema.parse(history)).toEqual(history);
    expect(history.buckets.map(({ at }) => at)).toEqual(
      Array.from({ length: count }, (_, index) => history.from + index * size),
    );
    expect(history.bucket_ms).toBe(size);
    expect(history.from % size).toBe(0);
    expect(history.to).toBe(history.from + count * size);
    expect(history.to - size).toBeLessThanOrEqual(now);
    expect(history.to).toBeGreaterThan(now);
  });

  test.each([
    ['1h', '6h'],
    ['7d', '1m'],
    ['30d', '1m'],
  ] as const)('of %s in buckets of %s is refused', (range, bucket) => {
    expect(() => openStore().history.query({ range, bucket }, START)).toThrow(
      expect.objectContaining({ code: 'invalid_input' }),
    );
  });

  test('says of a bucket without anybody looking that it was not observed, and nothing else', ({ store }) => {
    store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
    const buckets = store.history.query({ range: '1h' }, START + 30 * SECOND).buckets;
    expect(buckets.filter(({ observed }) => observed)).toHaveLength(1);
    expect(buckets.at(-1)).toMatchObject({ observed: true, live_average: 1, live_peak: 1, availability: 1 });
    expect(buckets.at(-2)).toMatchObject({ observed: false, live_average: null, live_peak: null, availability: null });
  });

  test('shows what is being observed right now, also before it is written', ({ store }) => {
    store.repository.commit({ events: [note(START)], sessions: [storedSession(), storedSession()] });
    store.observe(START + SECOND);
    const newest = store.history.query({ range: '1h' }, START + 2 * SECOND).buckets.at(-1);
    expect(newest).toMatchObject({ observed: true, live_average: 2, live_peak: 2 });
  });

  test('counts the ends of servers that nobody asked for', ({ store }) => {
    const stop = (reason: 'crashed' | 'keeper_lost' | 'idle' | 'removed'): NewEvent => ({
      at: START,
      session_id: null,
      kind: 'server_stopped',
      payload: { server: 'counter', instance_id: 'i_1', pid: 7, reason, code: 1, signal: null, calls_lost: 0 },
    });
    store.repository.commit({
      events: [stop('crashed'), stop('keeper_lost'), stop('idle'), stop('removed')],
      sessions: [],
    });
    expect(store.history.query({ range: '1h' }, START).buckets.at(-1)).toMatchObject({ server_stops: 2 });
    expect(store.history.query({ range: '7d' }, START).buckets.at(-1)).toMatchObject({ server_stops: 2 });
  });

  test('survives a restart, with nobody connected', ({ folder }) => {
    const store = openStore(folder);
    store.observe(START);
    store.repository.commit({
      events: [call('s_x', START, 42), reconnected('s_x', START, 30 * SECOND, 'token')],
      sessions: [storedSession()],
    });
    store.observe(START + 30 * SECOND);
    store.close();
    const bucket = openStore(folder).history.query({ range: '1h' }, START + 40 * MINUTE).buckets[19];
    expect(bucket).toMatchObject({
      at: START,
      observed: true,
      calls: 1,
      latency_p50: 50,
      asleep_ms: 0,
      latency_p95: 50,
      live_average: 1,
      reconnects: { token: 1 },
    });
  });

  test('counts sleep neither as observed nor as live', ({ store }) => {
    store.repository.commit({ events: [note(START)], sessions: [storedSession()] });
    for (let at = START; at <= START + 5 * MINUTE; at += SECOND * 30) store.observe(at);
    const woken = START + 3 * HOUR;
    for (let at = woken; at <= woken + 5 * MINUTE; at += SECOND * 30) store.observe(at);
    const { buckets } = store.history.query({ range: '24h' }, woken + 5 * MINUTE);
    expect(buckets.filter(({ observed }) => observed).map(({ at }) => at)).toEqual([START, woken]);
    const hours = store.history.query({ range: '7d' }, woken + 5 * MINUTE).buckets;
    expect(hours.filter(({ observed }) => observed).map(({ at, live_average }) => [at, live_average])).toEqual([
      [START, 1],
      [woken, 1],
    ]);
  });

  test('spreads a gap over the time in which it lay, and counts at most its last 24 hours', ({ folder }) => {
    const store = openStore(folder);
    store.repository.commit({ events: [reconnected('s_x', START + 90 * SECOND, 2 * DAY)] });
    const beside = openBeside(folder);
    const sum = (table: string) => beside.prepare(`SELECT sum(down_ms), count(*) FROM ${table}`).raw().get();
    expect(sum('history_minute')).toEqual([DAY, 24 * 60 + 1]);
    expect(sum('history_hour')).toEqual([DAY, 25]);
  });
});

describe('events of a bucket', () => {
  test('are those from its start to before its end, newest first', ({ store }) => {
    const events = [-1, 0, 5, MINUTE - 1, MINUTE].map((offset) => call('s_x', START + offset));
    store.repository.commit({ events: [...events].reverse() });
    const found = store.events.between(START, START + MINUTE, undefined, 100);
    expect(found.events.map(({ at }) => at - START)).toEqual([MINUTE - 1, 5, 0]);
    expect(found.has_more).toBe(false);
  });

  test('can be filtered by kind and say when there are more', ({ store }) => {
    store.repository.commit({
      events: [call('s_x', START), reconnected('s_x', START + 1), reconnected('s_y', START + 2), note(START + 3)],
    });
    const kinds = (...wanted: string[]) =>
      store.events.between(START, START + 10, wanted, 100).events.map((e) => e.seq);
    expect(kinds('session_reconnected')).toEqual([3, 2]);
    expect(kinds('session_reconnected', 'call_completed')).toEqual([3, 2, 1]);
    expect(kinds('no_such_kind')).toEqual([]);
    expect(store.events.between(START, START + 10, undefined, 4).has_more).toBe(false);
    const page = store.events.between(START, START + 10, ['session_reconnected'], 1);
    expect([page.events.map(({ seq }) => seq), page.has_more]).toEqual([[3], true]);
  });

  test('go on where a page ended, also among events of one moment', ({ store }) => {
    const times = [0, 1, 1, 1, 2];
    store.repository.commit({ events: times.map((offset) => call('s_x', START + offset)) });
    const seen: number[] = [];
    let before: { at: number; seq: number } | undefined;
    for (let page = 0; page < times.length; page += 1) {
      const { events, has_more } = store.events.between(START, START + 10, undefined, 2, before);
      seen.push(...events.map(({ seq }) => seq));
      before = events.at(-1);
      if (!has_more) break;
    }
    expect(seen).toEqual([5, 4, 3, 2, 1]);
  });

  test('add up the gaps of all of them, not of a page', ({ store }) => {
    expect(store.events.gapTotals(START, START + HOUR)).toEqual({ count: 0, longest_ms: 0, total_ms: 0 });
    const events = Array.from({ length: 300 }, (_, index) => reconnected('s_x', START + index, index));
    store.repository.commit({ events: [...events, reconnected('s_x', START + HOUR, DAY)] });
    expect(store.events.gapTotals(START, START + HOUR)).toEqual({ count: 300, longest_ms: 299, total_ms: 44_850 });
  });
});

describe('disconnects', () => {
  test('are counted by who or what ended them, each in its bucket', ({ store }) => {
    const reasons = [
      'client_ended',
      'stream_lost',
      'quiet',
      'user',
      'supervisor_stopped',
      'supervisor_killed',
    ] as const;
    const lost = (reason: (typeof reasons)[number], at: number): NewEvent => ({
      kind: 'session_disconnected',
      at,
      session_id: 's_x',
      payload: { reason, contact_lost_at: at },
    });
    store.repository.commit({
      events: [...reasons.map((reason) => lost(reason, START)), lost('quiet', START + MINUTE)],
    });
    const { buckets } = store.history.query({ range: '1h' }, START + 2 * MINUTE);
    expect(buckets.find(({ at }) => at === START)?.disconnected_by).toEqual({
      ended: 1,
      lost: 2,
      user: 1,
      holdfast: 2,
    });
    expect(buckets.find(({ at }) => at === START + MINUTE)?.disconnected_by).toMatchObject({ ended: 0, lost: 1 });
  });
});

describe('the first day', () => {
  test('begins with the first start: what was before it is no time of not running', ({ store }) => {
    const at = START + DAY + 30 * MINUTE;
    for (let second = 0; second <= 120; second += 30) store.observe(at + second * SECOND);
    const { buckets } = store.history.query({ range: '24h' }, at + 3 * HOUR);
    const first = buckets.findIndex(({ observed }) => observed);
    expect(buckets.slice(0, first).every((one) => one.before_first_start)).toBe(true);
    expect(buckets.slice(first).some((one) => one.before_first_start)).toBe(false);
    expect(first).toBeGreaterThan(0);
  });
});

describe("a session's timeline", () => {
  test('is paged from the newest back, without gap or overlap', ({ store }) => {
    store.repository.commit({
      events: Array.from({ length: 25 }, (_, index) => call(index % 2 === 0 ? 's_mine' : 's_other', START + index)),
    });
    const seen: number[] = [];
    let before_seq: number | undefined;
    for (let more = true; more; ) {
      const page = store.events.timeline({ session_id: 's_mine', before_seq, limit: 5 });
      expect(page.events.every((event) => event.session_id === 's_mine')).toBe(true);
      seen.push(...page.events.map(({ seq }) => seq));
      before_seq = seen.at(-1);
      more = page.has_more;
    }
    expect(seen).toEqual([25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1]);
  });

  test('can be filtered by kind', ({ store }) => {
    store.repository.commit({ events: [call('s_x', START), reconnected('s_x', START), call('s_x', START)] });
    const timeline = store.events.timeline({ session_id: 's_x', kinds: ['call_completed'], limit: 1 });
    expect(timeline.events.map(({ seq }) => seq)).toEqual([3]);
    expect(timeline.has_more).toBe(true);
  });
});
