import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentLine } from '#src/renderer/features/activity/moment-line';
import type { Activity } from '#src/shared/contract/activity';
import type { HoldfastEvent } from '#src/shared/contract/event';

const row = { activity_id: 1, at: 1_000, duration_ms: 200 } as Activity;
const event = (seq: number, at: number) => ({ seq, at, kind: 'stream_lost' }) as HoldfastEvent;
const kinds = (items: ReturnType<typeof momentLine>) => items.map(({ kind }) => kind);

test('puts a call, events and output on one line of time, and joins neighbouring lines of one process', () => {
  const output = [
    { at: 1_010, text: 'a', pid: 1 },
    { at: 1_020, text: 'b', pid: 1 },
    { at: 1_030, text: 'c', pid: 2 },
  ];
  const items = momentLine({ activity: row, events: [event(1, 900), event(2, 1_000), event(3, 1_025)], output });
  expect(kinds(items)).toEqual(['event', 'came', 'event', 'output', 'event', 'output', 'ended'].filter(Boolean));
  expect(items[3]).toMatchObject({ pid: 1, lines: ['a', 'b'] });
});

test('shows a notification once', () => {
  const sent = { ...row, duration_ms: null };
  expect(kinds(momentLine({ activity: sent, events: [], output: [] }))).toEqual(['passed']);
});

test('loses nothing, and is in order', () => {
  const times = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 20 });
  fc.assert(
    fc.property(times, times, (first, second) => {
      const events = first.map((at, index) => event(index, at));
      const output = second.map((at, index) => ({ at, text: String(index), pid: index % 2 }));
      const items = momentLine({ activity: row, events, output });
      const at = items.map((item) => item.at);
      expect(at).toEqual([...at].sort((a, b) => a - b));
      const lines = items.flatMap((item) => (item.kind === 'output' ? item.lines : []));
      expect(lines.length).toBe(output.length);
      expect(items.filter(({ kind }) => kind === 'event')).toHaveLength(events.length);
      expect(kinds(items).indexOf('came')).toBeLessThan(kinds(items).indexOf('ended'));
    }),
  );
});
