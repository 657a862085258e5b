import type { HistoryBucket } from '../../shared/contract/history';
import { formatLatency } from '../format/number';
import type { ChartSpec, LegendItem } from './chart-spec';
import { type ChartProps, HistoryChart } from './history-chart';
import { stepPath } from './step-path';

type Percentile = 'latency_p50' | 'latency_p95';

/** Percentiles of several buckets cannot be joined into one, so more than one bucket shows its worst. */
function worst(buckets: readonly HistoryBucket[], percentile: Percentile, words: string, colour: string): LegendItem {
  const values = buckets.map((bucket) => bucket[percentile]).filter((value) => value !== null);
  return {
    label: buckets.length > 1 ? `Worst ${words}` : words,
    value: values.length > 0 ? formatLatency(Math.max(...values)) : '–',
    colour,
    mark: 'line',
  };
}

const SPEC: ChartSpec = {
  series: (theme) => [
    { stroke: theme.second, width: 1, dash: [3, 3], points: { show: false }, paths: stepPath },
    { stroke: theme.line, width: 1.5, points: { show: false }, paths: stepPath },
  ],
  columns: (buckets) => [buckets.map((bucket) => bucket.latency_p95), buckets.map((bucket) => bucket.latency_p50)],
  legend: (buckets) => [
    worst(buckets, 'latency_p50', 'median', 'var(--chart-line)'),
    worst(buckets, 'latency_p95', '95 %', 'var(--chart-reinitialized)'),
  ],
  leastTop: 10,
  whole: false,
  formatValue: formatLatency,
};

/** How long calls took: the median, and what 95 % of them stayed below. */
export const LatencyChart = (props: ChartProps) => (
  <HistoryChart spec={SPEC} name="Call latency over time" {...props} />
);
