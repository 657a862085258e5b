import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { waterfallBar, waterfallScale } from '#src/renderer/features/activity/waterfall-scale';
import { DAY } from '#src/shared/model/units';
import { STARTUP_MS, labTest as test } from './support/browser';

const T0 = Date.UTC(2026, 10, 22, 12);
const row = fc.record({
  at: fc.integer({ min: 0, max: 3 * DAY }).map((ms) => T0 + ms),
  duration_ms: fc.option(fc.double({ min: 0, max: DAY, noNaN: true })),
  first_ms: fc.option(fc.double({ min: 0, max: DAY, noNaN: true })),
  held_ms: fc.nat(DAY),
});
const rowsOf = fc.array(row, { minLength: 1, maxLength: 30 });

describe('the scale of the waterfall', () => {
  test('holds every bar whole, and true to its length', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const scale = waterfallScale(rows);
        if (!scale) throw new Error('no scale');
        for (const one of rows) {
          const { left, held, waiting, rest } = waterfallBar(one, scale);
          expect(Math.min(left, held, waiting, rest)).toBeGreaterThanOrEqual(0);
          expect(left + held + waiting + rest).toBeLessThanOrEqual(1 + 1e-9);
          expect((held + waiting + rest) * (scale.to - scale.from)).toBeCloseTo(one.duration_ms ?? 0, 3);
        }
      }),
    );
  });

  test('has few lines at whole steps, and wastes less than half of the width on long spans', () => {
    fc.assert(
      fc.property(rowsOf, (rows) => {
        const scale = waterfallScale(rows);
        if (!scale) throw new Error('no scale');
        const { from, to, step } = scale;
        expect([from % step, to % step]).toEqual([0, 0]);
        expect((to - from) / step).toBeLessThanOrEqual(7);
        const first = Math.min(...rows.map(({ at }) => at));
        const last = Math.max(...rows.map(({ at, duration_ms }) => at + (duration_ms ?? 0)));
        expect(to - from).toBeLessThanOrEqual(last - first + 2 * step);
      }),
    );
    expect(waterfallScale([])).toBeNull();
    expect(waterfallScale([{ at: T0 + 3, duration_ms: null }])).toEqual({ from: T0 + 3, to: T0 + 4, step: 1 });
  });
});

describe('the column of the waterfall', () => {
  test.beforeAll(({ lab }) => void lab, STARTUP_MS);

  test('draws start, length, hold and failure on one scale, and gives way in a narrow window', async ({ open }) => {
    const page = await open({ hash: '#/activity' });
    await page.evaluate(() => {
      const at = Math.floor(Date.now() / 10_000) * 10_000;
      const { activity } = window.world;
      activity.add(1, { at, duration_ms: 5_000, first_ms: 2_500, outcome: 'ok', name: 'streamed' });
      activity.add(1, { at: at + 5_000, duration_ms: 5_000, first_ms: 5_000, held_ms: 2_500, outcome: 'error' });
      activity.add(1, { at: at + 2_000, kind: 'notification', duration_ms: null, first_ms: null, outcome: 'sent' });
    });
    const cells = page.locator('[data-outcome] [data-column="waterfall"]');
    await cells.nth(2).waitFor();
    const spans = await cells.evaluateAll((all) =>
      all.map((cell) => {
        const whole = cell.querySelector('.waterfall')?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
        const place = (one: Element) => {
          const { left, right } = one.getBoundingClientRect();
          return [left, right].map((x) => Math.round(((x - whole.left) / whole.width) * 100));
        };
        const bar = cell.querySelector('.waterfall-bar');
        return { bar: bar && place(bar), parts: [...(bar?.children ?? [])].map(place) };
      }),
    );
    const [notice, failed, streamed] = spans;
    expect(notice?.bar?.[0]).toBe(20);
    expect(failed).toEqual({
      bar: [50, 100],
      parts: [
        [50, 75],
        [75, 100],
      ],
    });
    expect(streamed).toEqual({
      bar: [0, 50],
      parts: [
        [0, 25],
        [25, 50],
      ],
    });
    const words = await cells.nth(1).getByRole('img').getAttribute('aria-label');
    expect(words).toMatch(/^Came at \d\d:\d\d:\d5\.000, took 5 s\nWaited 2 s for a login$/);
    expect(await page.getByRole('columnheader', { name: 'Timeline of the visible rows' }).textContent()).toMatch(
      /\+10 s$/,
    );
    await page.setViewportSize({ width: 900, height: 700 });
    await cells.first().waitFor({ state: 'hidden' });
  });
});
