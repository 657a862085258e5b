import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  foundIn,
  MOST_ROWS,
  newerThan,
  newestRows,
  type RowWindow,
  shiftOf,
  withNewer,
  withNewest,
  withOlder,
} from '#src/renderer/features/activity/row-window';
import type { Activity, ActivityPage } from '#src/shared/contract/activity';

const PAGE = 300;
/** Rows of a request for the newest. */
const IN_SIGHT = 90;
const row = (activity_id: number) => ({ activity_id }) as Activity;
/** A table of rows 1 to `last`, of which every third fits the filter. */
const fits = (id: number) => id % 3 === 0;

function read(last: number, { before, after }: { before?: number; after?: number }): ActivityPage {
  const ids: number[] = [];
  if (after !== undefined) {
    for (let id = after + 1; id <= last && ids.length <= PAGE; id += 1) if (fits(id)) ids.push(id);
  } else {
    for (let id = Math.min(last, (before ?? last + 1) - 1); id > 0 && ids.length <= PAGE; id -= 1)
      if (fits(id)) ids.push(id);
  }
  return { activity: ids.slice(0, PAGE).map(row), has_more: ids.length > PAGE, last_id: last };
}

/** What came after an id: the newest of it. */
function readNewest(last: number, after: number): ActivityPage {
  const ids: number[] = [];
  for (let id = last; id > after && ids.length <= IN_SIGHT; id -= 1) if (fits(id)) ids.push(id);
  return { activity: ids.slice(0, IN_SIGHT).map(row), has_more: ids.length > IN_SIGHT, last_id: last };
}

/** Numbers of rows by their ids. */
const numbers = ({ rows, top }: RowWindow) => new Map(rows.map(({ activity_id }, index) => [activity_id, top - index]));
const ids = (window: RowWindow) => window.rows.map(({ activity_id }) => activity_id);

describe('the window of rows', () => {
  test('never has a hole, never grows too large, and reaches both ends again', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constantFrom('older' as const, 'newer' as const, 'newest' as const) }),
      fc.record({ what: fc.constant('grow' as const), by: fc.oneof(fc.nat(200), fc.nat(2_000)) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30_000 }), fc.array(step, { maxLength: 60 }), (start, steps) => {
        let last = start;
        let window = newestRows(read(last, {}));
        const check = () => {
          const all = ids(window);
          expect(all.length).toBeLessThanOrEqual(MOST_ROWS);
          for (let n = 1; n < all.length; n += 1) expect(all[n]).toBe((all[n - 1] ?? 0) - 3);
        };
        const newer = () => {
          const after = newerThan(window);
          window = withNewer(window, read(last, { after }), after);
        };
        const newest = () => {
          if (window.hasNewer) return;
          window = withNewest(window, readNewest(last, window.through), window.through);
          expect(ids(window)[0] ?? 0).toBe(last - (last % 3));
        };
        const older = () => {
          const oldest = window.rows.at(-1);
          if (window.hasOlder && oldest)
            window = withOlder(window, read(last, { before: oldest.activity_id }), oldest.activity_id);
        };
        for (const one of steps) {
          const before = numbers(window);
          if (one.what === 'grow') last += one.by;
          else if (one.what === 'newer') newer();
          else if (one.what === 'newest') newest();
          else older();
          check();
          const after = numbers(window);
          const kept = [...after].filter(([id]) => before.has(id));
          for (const [id, number] of kept) expect(number, 'a row keeps its number').toBe(before.get(id));
          const [first] = before.values();
          if (kept.length === 0 && after.size > 0 && first !== undefined) expect(window.top).toBe(first);
        }
        for (let turn = 0; turn < 200 && (window.hasNewer || newerThan(window) < last); turn += 1) newer();
        expect(ids(window)[0] ?? 0).toBe(last - (last % 3));
        for (let turn = 0; turn < 200 && window.hasOlder; turn += 1) older();
        expect(ids(window).at(-1) ?? 3).toBe(3);
      }),
      { numRuns: 40 },
    );
  });

  test('drops a page that comes when other rows have taken the place of those that it was asked for', () => {
    const before = newestRows(read(3_000, {}));
    const oldest = before.rows.at(-1)?.activity_id ?? 0;
    const older = read(3_000, { before: oldest });
    const replaced = withNewest(before, readNewest(9_000, before.through), before.through);
    expect(ids(replaced)[0]).toBe(9_000);
    expect(withOlder(replaced, older, oldest)).toBe(replaced);
    expect(ids(withOlder(before, older, oldest))).toHaveLength(600);

    const newer = read(3_000, { after: before.through });
    const newest = readNewest(3_030, before.through);
    expect(ids(withNewest(before, newest, before.through))).toHaveLength(310);
    const growing = newestRows(read(60_000, {}));
    let grown = growing;
    while (!grown.hasNewer) {
      const last = grown.rows.at(-1)?.activity_id ?? 0;
      grown = withOlder(grown, read(60_000, { before: last }), last);
    }
    // The newest rows made room meanwhile.
    expect(withNewest(grown, readNewest(60_030, growing.through), growing.through)).toBe(grown);
    expect(withNewer(grown, newer, growing.through)).toBe(grown);
  });

  test('takes for a flood what fills the window within a second, or more than a page', () => {
    const page = (count: number, has_more = false): ActivityPage => ({
      activity: Array.from({ length: count }, (_, n) => row(count - n)),
      has_more,
      last_id: count,
    });
    expect(foundIn(null, 1_000, 40)).toBe('nothing');
    expect(foundIn(page(0), 1_000, 40)).toBe('nothing');
    expect(foundIn(page(40), 1_000, 40)).toBe('something');
    expect(foundIn(page(41), 1_000, 40)).toBe('flood');
    expect(foundIn(page(20), 10, 40)).toBe('something');
    expect(foundIn(page(300), 2_000, 350)).toBe('something');
    expect(foundIn(page(300, true), 2_000, 350)).toBe('flood');
  });

  test('knows how far the rows on the screen have moved', () => {
    const rows = (...all: number[]) => all.map(row);
    expect(shiftOf(rows(3, 2, 1), rows(5, 4, 3, 2))).toBe(2);
    expect(shiftOf(rows(5, 4, 3, 2), rows(3, 2, 1))).toBe(-2);
    expect(shiftOf(rows(3, 2), rows(3, 2, 1))).toBe(0);
    expect(shiftOf(rows(3, 2), rows(9, 8))).toBe(0);
    expect(shiftOf([], rows(1))).toBe(0);
  });
});
