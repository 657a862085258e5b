import { t } from '../../shared/messages/language';
import { formatDecimal, formatNumber } from '../format/number';
import type { ChartSpec } from './chart-spec';
import { type ChartProps, HistoryChart } from './history-chart';
import { liveAverage, livePeak } from './live-buckets';
import { stepPath } from './step-path';

const SPEC: ChartSpec = {
  id: 'live-sessions',
  marks: ['area', 'line'],
  series: (theme) => [
    { stroke: theme.line, fill: theme.fill, width: 1.5, points: { show: false }, paths: stepPath },
    { stroke: theme.second, width: 1, dash: [3, 3], points: { show: false }, paths: strokeOnly },
  ],
  columns: (buckets) => [buckets.map((bucket) => bucket.live_average), buckets.map((bucket) => bucket.live_peak)],
  legend(buckets) {
    const average = liveAverage(buckets);
    const peak = livePeak(buckets);
    return [
      {
        label: t('charts.live.average'),
        value: average === null ? '–' : formatDecimal(average),
        colour: 'var(--chart-line)',
        mark: 'bar',
      },
      {
        label: t('charts.live.peak'),
        value: peak === null ? '–' : formatNumber(peak),
        colour: 'var(--chart-reinitialized)',
        mark: 'line',
      },
    ];
  },
  leastTop: 4,
  whole: true,
  formatValue: formatNumber,
};

function strokeOnly(...path: Parameters<typeof stepPath>) {
  return { stroke: stepPath(...path).stroke };
}

/** Attached sessions over time: the average as an area, the peak as a dashed line, a gap where Holdfast was not running. */
export const LiveSessionsChart = (props: ChartProps) => <HistoryChart spec={SPEC} name={t('charts.live')} {...props} />;
