import { describe, expect, test } from 'vitest';
import { linesWithin, PastOutput, timed } from '#src/main/upstream/past-output';

describe('the output of a moment', () => {
  test('is in order of time over all processes, and has its bounds', () => {
    const one = { lines: timed(['a', 'c', 'late'], [10, 30, 50]), pid: 1 };
    const other = { lines: timed(['b', 'early'], [20, 9]), pid: 2 };
    expect(linesWithin([one, other], 10, 50)).toEqual([
      { at: 10, text: 'a', pid: 1 },
      { at: 20, text: 'b', pid: 2 },
      { at: 30, text: 'c', pid: 1 },
    ]);
    const many = timed(Array(500).fill('x'.repeat(5_000)), Array(500).fill(1));
    const found = linesWithin([{ lines: many, pid: 1 }], 0, 2);
    expect([found.length, found[0]?.text.length]).toEqual([100, 1_000]);
  });

  test('leaves out lines without a time, which an older keeper sends', () => {
    expect(linesWithin([{ lines: timed(['a', 'b'], [1]), pid: 1 }], 0, 9)).toMatchObject([{ text: 'a' }]);
    expect(linesWithin([{ lines: timed(['a']), pid: 1 }], 0, 9)).toEqual([]);
  });

  test('remembers the last words of ten processes', () => {
    const past = new PastOutput();
    for (let pid = 1; pid <= 12; pid += 1) past.add(timed(Array(30).fill('x'.repeat(2_000)), Array(30).fill(pid)), pid);
    past.add([], 13);
    expect(past.all.map(({ pid }) => pid)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(past.all.map(({ lines }) => lines.length)).toEqual(Array(10).fill(20));
    expect(past.all[0]?.lines[0]?.text.length).toBe(1_000);
  });
});
