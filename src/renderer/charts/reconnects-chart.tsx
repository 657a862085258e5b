import type { HistoryBucket } from '../../shared/contract/history';
import type { ReconnectCause } from '../../shared/contract/session';
import { formatNumber } from '../format/number';
import { CAUSE_WORDS } from '../format/words';
import type { ChartSpec } from './chart-spec';
import { type ChartProps, HistoryChart } from './history-chart';

/** From the bottom of a bar to its top, and from left to right in the legend. */
const CAUSES: readonly ReconnectCause[] = ['resumed', 'restored', 'reinitialized', 'token'];

/** Reconnects of some buckets by cause. */
const countCause = (buckets: readonly HistoryBucket[], cause: ReconnectCause): number =>
  buckets.reduce((sum, bucket) => sum + bucket.reconnects[cause], 0);

const SPEC: ChartSpec = {
  // The tallest stands at the back; each lower one covers the foot of the one behind it.
  series: (theme, { paths }) =>
    CAUSES.toReversed().map((cause) => ({
      fill: theme[cause],
      ...(theme.outline ? { stroke: theme.outline, width: 1 } : { width: 0 }),
      points: { show: false },
      paths: paths.bars?.({ size: [0.78, 40, 1] }),
    })),
  columns(buckets) {
    const heights = buckets.map(({ observed, reconnects }) => {
      let height = 0;
      return CAUSES.map((cause) => {
        height += reconnects[cause];
        return observed && reconnects[cause] > 0 ? height : null;
      });
    });
    return CAUSES.map((_, level) => heights.map((column) => column[level] ?? null)).toReversed();
  },
  legend: (buckets) =>
    CAUSES.map((cause) => ({
      label: CAUSE_WORDS[cause],
      value: formatNumber(countCause(buckets, cause)),
      colour: `var(--chart-${cause})`,
      mark: 'bar',
    })),
  leastTop: 4,
  whole: true,
  formatValue: formatNumber,
};

/** Reconnects over time as stacked bars, one colour a cause. */
export const ReconnectsChart = (props: ChartProps) => (
  <HistoryChart spec={SPEC} name="Reconnects over time" {...props} />
);
