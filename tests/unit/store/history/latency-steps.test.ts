import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LATENCY_COLUMNS, LATENCY_STEPS, latencyColumn, latencyQuantile } from '#src/main/store/history/latency-steps';

const histogram = (latencies: readonly number[]) =>
  LATENCY_COLUMNS.map((column) => latencies.filter((latency) => latencyColumn(latency) === column).length);

test('there are as many steps as the first migration has columns, each higher than the one before', () => {
  expect(LATENCY_STEPS).toHaveLength(32);
  expect([...LATENCY_STEPS].sort((a, b) => a - b)).toEqual(LATENCY_STEPS);
});

test.each([
  [0, 'latency_0'],
  [0.5, 'latency_0'],
  [0.51, 'latency_1'],
  [100, 'latency_13'],
  [100.1, 'latency_14'],
  [300_000, 'latency_31'],
  [9e9, 'latency_31'],
])('a call of %d ms counts into %s', (latency, column) => {
  expect(latencyColumn(latency)).toBe(column);
});

test('no calls have no quantile', () => {
  expect(latencyQuantile(histogram([]), 0.5)).toBeNull();
});

test('a quantile is the upper bound of the step that holds the exact one', () => {
  const latency = fc.double({ min: 0, max: 299_999, noNaN: true });
  fc.assert(
    fc.property(fc.array(latency, { minLength: 1 }), fc.constantFrom(0.5, 0.95, 1), (latencies, quantile) => {
      const sorted = [...latencies].sort((a, b) => a - b);
      const exact = sorted[Math.ceil(sorted.length * quantile) - 1] ?? Number.NaN;
      const bound = LATENCY_STEPS.find((step) => exact <= step);
      expect(latencyQuantile(histogram(latencies), quantile)).toBe(bound);
    }),
  );
});
