import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChartPicture, chartSvg } from '#src/renderer/charts/chart-svg';
import { decadeTicks, timeTicks, valueTicks } from '#src/renderer/charts/chart-ticks';
import { PICTURE_WIDTH } from '#src/renderer/charts/svg-picture';
import type { HistoryBucket } from '#src/shared/contract/history';
import { DAY, HOUR, MINUTE } from '#src/shared/model/units';

const bucketAt = (at: number, observed = true): HistoryBucket => ({
  at,
  observed,
  asleep_ms: 0,
  reconnects: { resumed: 0, restored: 0, reinitialized: 0, token: 0, taken_over: 0 },
  rejected: 0,
  created: 0,
  disconnected: 0,
  disconnected_by: { ended: 0, lost: 0, user: 0, holdfast: 0 },
  server_stops: 0,
  live_average: null,
  live_peak: null,
  availability: null,
  calls: 0,
  errors: 0,
  latency_p50: null,
  latency_p95: null,
});

function pictureOf(values: readonly (number | null)[], more: Partial<ChartPicture> = {}): ChartPicture {
  const buckets = values.map((_, index) => bucketAt(index * HOUR, index !== 2));
  return {
    title: 'Latency',
    when: 'Last day',
    legend: [{ label: 'Median', value: '5 ms', colour: '#123456', mark: 'line' }],
    frame: { buckets, bucket: HOUR, view: { from: 0, to: values.length * HOUR } },
    series: [{ mark: 'bar', stroke: null, fill: '#abcdef', width: 0, dash: [], values }],
    scale: { leastTop: 4, whole: true, formatValue: String },
    colours: {
      background: '#ffffff',
      ink: '#000000',
      text: '#111111',
      grid: '#222222',
      axis: '#333333',
      gap: '#444444',
    },
    font: 'sans-serif',
    measure: (said) => said.length * 7,
    ...more,
  };
}

const barsOf = (svg: string) => /<path d="([^"]*)" fill="#abcdef"\/>/.exec(svg)?.[1]?.match(/M/g)?.length ?? 0;

describe('chartSvg', () => {
  it('has a background, a title, a legend, a bar for each value and a hatching where nothing is known', () => {
    const { svg, width, height } = chartSvg(pictureOf([1, 4, null, 2]));
    expect(width).toBe(PICTURE_WIDTH);
    expect(svg).toContain(`height="${height}"`);
    expect(svg).toContain('<rect width="100%" height="100%" fill="#ffffff"/>');
    expect(svg).toContain('>Latency</text>');
    expect(svg).toContain('>Median</text>');
    expect(barsOf(svg)).toBe(3);
    expect(svg.match(/url\(#away\)/g)).toHaveLength(1);
  });

  it('stays well formed, whatever stands in it and whatever the values are', () => {
    const value = fc.option(fc.double({ min: -1e6, max: 1e6, noNaN: true }));
    const said = fc.string({ unit: 'binary' });
    const mark = fc.constantFrom('bar' as const, 'area' as const, 'line' as const, 'cross' as const);
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 30 }),
        said,
        mark,
        fc.boolean(),
        (values, title, kind, log) => {
          const sane = log ? values.map((one) => (one === null ? null : Math.abs(one) + 1)) : values;
          const { svg } = chartSvg(
            pictureOf(sane, {
              title,
              series: [{ mark: kind, stroke: '#abcdef', fill: '#abcdef', width: 1, dash: [3, 3], values: sane }],
              scale: { leastTop: 4, whole: false, mirrored: !log, logarithmic: log, formatValue: String },
            }),
          );
          expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
          // Nothing in a text ends or begins an element.
          const bare = svg.replace(/<\/?[a-zA-Z]+(?: [a-zA-Z:-]+="[^"<>&]*(?:&\w+;[^"<>&]*)*")*\/?>/g, '');
          expect(bare).not.toMatch(/[<>]/);
          expect(bare).not.toMatch(/&(?!amp;|lt;|gt;|quot;)/);
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
          expect(svg).not.toMatch(/[\0-\x08\x0B\x0C\x0E-\x1F]/);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('breaks a long legend into rows that fit', () => {
    const legend = Array.from({ length: 12 }, (_, index) => ({
      label: `A rather long label ${index}`,
      value: '12',
      colour: '#123456',
      mark: 'bar' as const,
    }));
    const short = chartSvg(pictureOf([1]));
    const long = chartSvg(pictureOf([1], { legend }));
    expect(long.height).toBeGreaterThan(short.height);
    for (const [, x = ''] of long.svg.matchAll(/<text x="([\d.]+)"/g)) expect(Number(x)).toBeLessThan(PICTURE_WIDTH);
  });
});

describe('ticks', () => {
  it('of values lie within, at even steps, and are not too many', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 0, noNaN: true }),
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.boolean(),
        (low, high, whole) => {
          const ticks = valueTicks(low, high, 6, whole);
          expect(ticks.length).toBeLessThanOrEqual(7);
          for (const tick of ticks)
            expect(tick >= low && tick <= high && (!whole || Number.isInteger(tick))).toBe(true);
          expect(ticks).toContain(0);
        },
      ),
    );
  });

  it('of a logarithmic axis are its powers of ten', () => {
    expect(decadeTicks(1, 1000)).toEqual([1, 10, 100, 1000]);
  });

  it.each([
    [HOUR, 10 * MINUTE],
    [DAY, 3 * HOUR],
    [7 * DAY, DAY],
    [30 * DAY, 5 * DAY],
  ])('of a time of %d ms are %d ms apart', (length, expected) => {
    const from = new Date(2026, 10, 20, 7, 13).getTime();
    const { step, ticks } = timeTicks({ from, to: from + length }, 8);
    expect(step).toBe(expected);
    expect(ticks.length).toBeGreaterThan(4);
    for (const at of ticks) expect(new Date(at).getMinutes() % 10).toBe(0);
  });
});
