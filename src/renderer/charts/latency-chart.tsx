import type { HistoryBucket } from '../../shared/contract/history';
import { t } from '../../shared/messages/language';
import { formatLatency } from '../format/number';
import type { ChartSpec, LegendItem } from './chart-spec';
import { type ChartProps, HistoryChart } from './history-chart';
import { stepPath } from './step-path';

type Percentile = 'latency_p50' | 'latency_p95';

/** Percentiles of several buckets cannot be combined, so for more than one this gives the value that none exceeded. */
function percentile(buckets: readonly HistoryBucket[], of: Percentile, label: string, colour: string): LegendItem {
  const values = buckets.map((bucket) => bucket[of]).filter((value) => value !== null);
  const value = values.length > 0 ? formatLatency(Math.max(...values)) : '–';
  return { label, value: values.length > 1 ? `≤ ${value}` : value, colour, mark: 'line', wide: true };
}

const SPEC: ChartSpec = {
  id: 'latency',
  marks: ['line', 'line'],
  series: (theme) => [
    { stroke: theme.second, width: 1, dash: [3, 3], points: { show: false }, paths: stepPath },
    { stroke: theme.line, width: 2, points: { show: false }, paths: stepPath },
  ],
  columns: (buckets) => [buckets.map((bucket) => bucket.latency_p95), buckets.map((bucket) => bucket.latency_p50)],
  legend: (buckets) => [
    percentile(buckets, 'latency_p50', t('charts.latency.p50'), 'var(--chart-line)'),
    percentile(buckets, 'latency_p95', t('charts.latency.p95'), 'var(--chart-reinitialized)'),
  ],
  leastTop: 10,
  logarithmic: true,
  whole: false,
  formatValue: formatLatency,
};

/** How long calls took: the median, and what 95 % of them stayed below. */
export const LatencyChart = (props: ChartProps) => <HistoryChart spec={SPEC} name={t('charts.latency')} {...props} />;
