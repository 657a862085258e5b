import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { moveCursor } from '#src/renderer/charts/chart-keys';
import { hideUnusableLanguage } from '#src/renderer/charts/language-guard';
import { decades, gapsOf } from '#src/renderer/charts/plot';
import { spanWords, timeLabels } from '#src/renderer/charts/time-axis';
import { gapWords } from '#src/renderer/features/history/bucket-events';
import { foldEvents } from '#src/renderer/features/history/fold-events';
import {
  canMove,
  fitZoom,
  MOVES,
  moveZoom,
  placeParams,
  RANGES,
  readPlace,
} from '#src/renderer/features/history/history-place';
import { rowsOf } from '#src/renderer/features/history/history-table';
import { sumUp } from '#src/renderer/features/history/totals';
import { withOlder } from '#src/renderer/features/history/use-history-events';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { History, HistoryBucket } from '#src/shared/contract/history';
import { DAY, HOUR, MINUTE } from '#src/shared/model/units';
import { makeDisconnect, makeReconnect, T0 } from './support/make';

const bucket = (at: number, more: Partial<HistoryBucket> = {}): HistoryBucket => ({
  at,
  observed: true,
  reconnects: { resumed: 0, restored: 0, reinitialized: 0, token: 0, taken_over: 0 },
  rejected: 0,
  created: 0,
  disconnected: 0,
  disconnected_by: { ended: 0, lost: 0, user: 0, holdfast: 0 },
  server_stops: 0,
  live_average: 1,
  live_peak: 1,
  availability: 1,
  calls: 0,
  errors: 0,
  latency_p50: null,
  asleep_ms: 0,
  latency_p95: null,
  ...more,
});
const away = (at: number) => bucket(at, { observed: false, live_average: null, live_peak: null, availability: null });
const history: History = {
  range: '1h',
  bucket_ms: MINUTE,
  from: 100 * MINUTE,
  to: 160 * MINUTE,
  buckets: Array.from({ length: 60 }, (_, index) => bucket((100 + index) * MINUTE)),
};

describe('the place in the URL', () => {
  test('is the last day without parameters', () => {
    expect(readPlace({})).toEqual({ range: '24h', zoom: null, table: false, picked: null });
  });

  test('survives the way into the URL and back', () => {
    const time = fc.integer({ min: 0, max: 9_999_999_999_999 });
    fc.assert(
      fc.property(
        fc.constantFrom(...RANGES),
        fc.option(fc.tuple(time, fc.integer({ min: 1, max: 1_000_000 }))),
        fc.boolean(),
        fc.option(time),
        (range, span, table, picked) => {
          const zoom = span ? { from: span[0], to: span[0] + span[1] } : null;
          const place = { range, zoom, table, picked };
          expect(readPlace(placeParams(place))).toEqual(place);
        },
      ),
    );
  });

  test.each<Record<string, string>>([
    { range: '2y', from: 'x', to: '5' },
    { from: '9', to: '3', at: '-1' },
    { from: '1e9', show: 'cake', at: '99999999999999999999' },
  ])('leaves out what makes no sense: %j', (params) => {
    expect(readPlace(params)).toEqual({ range: '24h', zoom: null, table: false, picked: null });
  });
});

describe('zoom', () => {
  const at = (minute: number) => minute * MINUTE;

  test('lies on the borders of buckets and is at least four of them', () => {
    expect(fitZoom(history, { from: at(110) + 20_000, to: at(120) - 10_000 })).toEqual({ from: at(110), to: at(120) });
    expect(fitZoom(history, { from: at(110), to: at(111) })).toEqual({ from: at(110), to: at(114) });
  });

  test('stays inside the history, and is none when it is all of it', () => {
    expect(fitZoom(history, { from: at(95), to: at(105) })).toEqual({ from: at(100), to: at(110) });
    expect(fitZoom(history, { from: at(155), to: at(999) - 1 })).toBeNull();
    expect(fitZoom(history, { from: at(300), to: at(310) })).toEqual({ from: at(150), to: at(160) });
    expect(fitZoom(history, null)).toBeNull();
  });

  test('halves and doubles around the middle, and goes half a view', () => {
    expect(moveZoom(history, null, 'in')).toEqual({ from: at(115), to: at(145) });
    expect(moveZoom(history, { from: at(115), to: at(145) }, 'out')).toBeNull();
    expect(moveZoom(history, { from: at(120), to: at(130) }, 'earlier')).toEqual({ from: at(115), to: at(125) });
    expect(moveZoom(history, { from: at(120), to: at(130) }, 'later')).toEqual({ from: at(125), to: at(135) });
  });

  test('knows which steps lead nowhere', () => {
    expect(MOVES.filter((move) => canMove(history, null, move))).toEqual(['in']);
    expect(MOVES.filter((move) => canMove(history, { from: at(100), to: at(104) }, move))).toEqual(['later', 'out']);
  });

  test('never leaves the history, whatever the steps', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...MOVES), { maxLength: 30 }), (moves) => {
        const zoom = moves.reduce<ReturnType<typeof moveZoom>>((now, move) => moveZoom(history, now, move), null);
        if (!zoom) return;
        expect(zoom.from).toBeGreaterThanOrEqual(history.from);
        expect(zoom.to).toBeLessThanOrEqual(history.to);
        expect(zoom.to - zoom.from).toBeGreaterThanOrEqual(4 * MINUTE);
      }),
    );
  });
});

describe('sums and rows', () => {
  const buckets = [
    bucket(0, {
      reconnects: { resumed: 1, restored: 2, reinitialized: 3, token: 4, taken_over: 0 },
      calls: 5,
      errors: 1,
      live_peak: 3,
    }),
    away(MINUTE),
    away(2 * MINUTE),
    bucket(3 * MINUTE, { rejected: 2, created: 1, disconnected: 6, server_stops: 4, live_peak: 7 }),
  ];

  test('adds up what is known and the time in which Holdfast did not run', () => {
    expect(sumUp(buckets, MINUTE)).toEqual({
      reconnects: 10,
      rejected: 2,
      disconnected: 6,
      created: 1,
      serverStops: 4,
      calls: 5,
      errors: 1,
      livePeak: 7,
      notRunning: 2 * MINUTE,
      asleep: 0,
    });
    expect(sumUp([away(0)], MINUTE).livePeak).toBeNull();
  });

  test('lists newest first, with one row for a time in which Holdfast did not run', () => {
    expect(rowsOf(buckets, MINUTE)).toEqual([
      { bucket: buckets[3] },
      { from: MINUTE, to: 3 * MINUTE, why: 'not running' },
      { bucket: buckets[0] },
    ]);
  });

  test('joins neighbouring gaps and keeps others apart', () => {
    const frame = { buckets: [away(0), away(10), bucket(20), away(30)], bucket: 10 };
    expect(gapsOf(frame)).toEqual([
      { from: 0, to: 20, why: 'not running' },
      { from: 30, to: 40, why: 'not running' },
    ]);
  });

  test('tells sleep from a Holdfast that did not run', () => {
    const slept = (at: number, asleep_ms: number) => ({ ...away(at), asleep_ms });
    const nights = [slept(0, MINUTE), slept(MINUTE, MINUTE / 2), slept(2 * MINUTE, MINUTE / 2 - 1), bucket(3 * MINUTE)];
    expect(gapsOf({ buckets: nights, bucket: MINUTE })).toEqual([
      { from: 0, to: 2 * MINUTE, why: 'asleep' },
      { from: 2 * MINUTE, to: 3 * MINUTE, why: 'not running' },
    ]);
    expect(sumUp(nights, MINUTE)).toMatchObject({ asleep: 2 * MINUTE, notRunning: MINUTE });
    expect(rowsOf(nights, MINUTE).map((row) => ('why' in row ? row.why : 'observed'))).toEqual([
      'observed',
      'not running',
      'asleep',
    ]);
    // A bucket in which something was seen is shown, however much of it was slept through.
    expect(gapsOf({ buckets: [bucket(0, { asleep_ms: MINUTE })], bucket: MINUTE })).toEqual([]);
  });
});

describe('the gaps of a time', () => {
  test('are said with their lengths', () => {
    expect(gapWords({ count: 1, longest_ms: 9_400, total_ms: 9_400 })).toBe('1 gap of 9 s');
    expect(gapWords({ count: 2, longest_ms: 90_000, total_ms: 95_000 })).toBe(
      '2 gaps, the longest 1 min 30 s, 1 min 35 s over all sessions',
    );
    expect(gapWords({ count: 0, longest_ms: 0, total_ms: 0 })).toBe('');
  });
});

describe('time before the first start', () => {
  const before = { ...away(0), before_first_start: true };

  test('is no time of not running', () => {
    expect(sumUp([before, away(MINUTE), bucket(2 * MINUTE)], MINUTE).notRunning).toBe(MINUTE);
    expect(rowsOf([before, bucket(MINUTE)], MINUTE)).toEqual([
      { bucket: bucket(MINUTE) },
      { from: 0, to: MINUTE, why: 'before' },
    ]);
  });
});

describe('a logarithmic axis', () => {
  test.each([
    [null, null, [1, 10]],
    [0.5, 80, [0.1, 100]],
    [12, 120_000, [10, 1_000_000]],
    [10, 10, [1, 10]],
  ] as const)('of %s to %s spans %j', (min, max, range) => expect(decades(min, max, 10)).toEqual(range));
});

describe('repeats', () => {
  const down = (seq: number, at: number): HoldfastEvent => ({
    seq,
    at,
    session_id: null,
    kind: 'server_unavailable',
    payload: { server: 'docs', error: 'no', attempt: seq, next_try_at: null, circuit_open: false },
  });

  test('of a failing server are one row, also around other events', () => {
    const folds = foldEvents([down(4, T0 + 40), makeDisconnect(3), down(2, T0 + 20), down(1, T0 + 10)]);
    expect(folds.map(({ event, count, oldest }) => [event.seq, count, oldest.seq])).toEqual([
      [4, 3, 1],
      [3, 1, 3],
    ]);
  });

  test('of a session are one row only side by side, and never across a day', () => {
    const drops = [makeDisconnect(5), makeDisconnect(4), makeReconnect(3, 9), makeDisconnect(2)];
    expect(foldEvents(drops).map(({ count }) => count)).toEqual([2, 1, 1]);
    expect(foldEvents([down(2, T0 + DAY), down(1, T0)])).toHaveLength(2);
    expect(foldEvents([makeDisconnect(2, T0, 's_a'), makeDisconnect(1, T0, 's_b')])).toHaveLength(2);
  });
});

describe('older pages', () => {
  const page = (...seqs: number[]) => ({ events: seqs.map((seq) => makeDisconnect(seq)), hasMore: true });
  const seqs = ({ events }: { events: readonly HoldfastEvent[] }) => events.map(({ seq }) => seq);

  test('stay when the newest page is loaded again', () => {
    const joined = withOlder(page(6, 5, 4), { ...page(5, 4, 3, 2), hasMore: false }, 0);
    expect([seqs(joined), joined.hasMore]).toEqual([[6, 5, 4, 3, 2], false]);
  });

  test('are dropped when they no longer meet it, or when their time is over', () => {
    expect(seqs(withOlder(page(9, 8), page(5, 4, 3), 0))).toEqual([9, 8]);
    expect(seqs(withOlder(page(5, 4), page(5, 4, 3, 2), T0 + 3))).toEqual([5, 4, 3]);
  });
});

describe('the cursor of a chart', () => {
  test.each([
    ['ArrowLeft', null, 9],
    ['ArrowRight', null, 0],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 9, 9],
    ['ArrowUp', 3, 4],
    ['ArrowDown', 3, 2],
    ['PageUp', 3, 9],
    ['PageDown', 3, 0],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['Escape', 5, null],
    ['a', 5, undefined],
  ])('%s moves from %s to %s', (key, from, to) => {
    expect(moveCursor(key, from, 10)).toBe(to);
  });

  test('does nothing in an empty chart', () => {
    expect(moveCursor('ArrowLeft', null, 0)).toBeUndefined();
  });
});

describe('times of a chart', () => {
  const midnight = new Date(2026, 10, 22).getTime();

  test('names the day at midnight and where a step is a day', () => {
    const [first, second] = timeLabels([midnight, midnight + HOUR], HOUR);
    expect(first).toContain('22');
    expect(second).toMatch(/0?1[:.]00/);
    expect(timeLabels([midnight + 12 * HOUR], DAY)[0]).toContain('22');
  });

  test('names the day of the end only when it differs', () => {
    expect(spanWords(midnight, midnight + HOUR).match(/22/g)).toHaveLength(1);
    expect(spanWords(midnight + 18 * HOUR, midnight + 24 * HOUR)).not.toContain('23');
    expect(spanWords(midnight, midnight + 2 * DAY)).toContain('24');
  });
});

describe('loading the chart library', () => {
  class Navigator {
    get language() {
      return 'en-US@posix';
    }
  }
  const own = Object.defineProperty({}, 'language', { value: 'C', configurable: true });

  test.each([
    ['a getter of the prototype', new Navigator(), 'en-US@posix'],
    ['a property of the object', own, 'C'],
  ])('shows it a language that Intl accepts and takes that back: %s', (_, value, language) => {
    const real = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
    try {
      expect(() => new Intl.NumberFormat(navigator.language)).toThrow(RangeError);
      const restore = hideUnusableLanguage();
      expect(new Intl.NumberFormat(navigator.language).format(1_000)).toBe('1,000');
      restore();
      expect(navigator.language).toBe(language);
    } finally {
      if (real) Object.defineProperty(globalThis, 'navigator', real);
    }
  });
});
