import type { HistoryBucket } from '../../shared/contract/history';
import type { ReconnectCause } from '../../shared/contract/session';
import { t } from '../../shared/messages/language';
import { formatNumber } from '../format/number';
import { CAUSE_MEANINGS, CAUSE_WORDS } from '../format/words';
import type { ChartSpec, LegendItem } from './chart-spec';
import { crossPath } from './cross-path';
import { type ChartProps, HistoryChart } from './history-chart';

/** Bottom to top in a bar, left to right in the legend. */
const CAUSES: readonly ReconnectCause[] = ['resumed', 'restored', 'reinitialized', 'token', 'taken_over'];

type Reason = keyof HistoryBucket['disconnected_by'];
/** From the axis downwards. */
const REASONS: readonly (readonly [Reason, label: string, help: string, colour: string])[] = [
  ['ended', t('charts.disconnect.ended'), t('charts.disconnect.ended.meaning'), '--idle'],
  ['lost', t('charts.disconnect.lost'), t('charts.disconnect.lost.meaning'), '--disconnected'],
  ['holdfast', t('charts.disconnect.holdfast'), t('charts.disconnect.holdfast.meaning'), '--chart-restored'],
  ['user', t('charts.disconnect.user'), t('charts.disconnect.user.meaning'), '--ended'],
];

/** The colour of a cause in the legend, as the chart draws it. */
const causeColour = (cause: ReconnectCause): string => `var(--chart-${cause.replaceAll('_', '-')})`;

/** How many reconnects in these buckets had this cause. */
const countCause = (buckets: readonly HistoryBucket[], cause: ReconnectCause): number =>
  buckets.reduce((sum, bucket) => sum + bucket.reconnects[cause], 0);

const SPEC: ChartSpec = {
  id: 'reconnects',
  // The tallest bar is at the back; each shorter one covers the foot of the one behind it.
  series: (theme, { paths }) => [
    ...CAUSES.toReversed().map((cause) => ({
      fill: theme[cause],
      ...(theme.outline ? { stroke: theme.outline, width: 1 } : { width: 0 }),
      points: { show: false },
      paths: paths.bars?.({ size: [0.78, 40, 1] }),
    })),
    ...REASONS.toReversed().map(([reason]) => ({
      fill: theme.disconnects[reason],
      ...(theme.outline ? { stroke: theme.outline, width: 1 } : { width: 0 }),
      fillTo: 0,
      points: { show: false },
      paths: paths.bars?.({ size: [0.78, 40, 1] }),
    })),
    { stroke: theme.stops, width: 2, points: { show: false }, paths: crossPath },
  ],
  marks: [...CAUSES.map(() => 'bar' as const), ...REASONS.map(() => 'bar' as const), 'cross'],
  columns(buckets) {
    const heights = buckets.map(({ observed, reconnects }) => {
      let height = 0;
      return CAUSES.map((cause) => {
        height += reconnects[cause];
        return observed && reconnects[cause] > 0 ? height : null;
      });
    });
    const bars = CAUSES.map((_, level) => heights.map((column) => column[level] ?? null)).toReversed();
    const depths = buckets.map(({ disconnected_by }) => {
      let depth = 0;
      return REASONS.map(([reason]) => {
        depth -= disconnected_by[reason];
        return disconnected_by[reason] > 0 ? depth : null;
      });
    });
    const below = REASONS.map((_, level) => depths.map((column) => column[level] ?? null)).toReversed();
    return [...bars, ...below, buckets.map(({ server_stops }) => (server_stops > 0 ? server_stops : null))];
  },
  legend: (buckets) => [
    ...CAUSES.map(
      (cause): LegendItem => ({
        label: CAUSE_WORDS[cause],
        help: CAUSE_MEANINGS[cause],
        value: formatNumber(countCause(buckets, cause)),
        colour: causeColour(cause),
        mark: 'bar',
      }),
    ),
    ...REASONS.map(
      ([reason, label, help, colour]): LegendItem => ({
        label,
        help,
        value: formatNumber(buckets.reduce((sum, { disconnected_by }) => sum + disconnected_by[reason], 0)),
        colour: `var(${colour})`,
        mark: 'bar',
      }),
    ),
    {
      label: t('charts.server_stops'),
      value: formatNumber(buckets.reduce((sum, bucket) => sum + bucket.server_stops, 0)),
      colour: 'var(--chart-stops)',
      mark: 'cross',
    },
  ],
  leastTop: 4,
  mirrored: true,
  whole: true,
  formatValue: formatNumber,
};

/**
 * Reconnects over time as stacked bars, one colour per cause; disconnects below the axis, one colour per reason; and a cross
 * where servers ended on their own.
 */
export const ReconnectsChart = (props: ChartProps) => (
  <HistoryChart spec={SPEC} name={t('charts.reconnects')} {...props} />
);
