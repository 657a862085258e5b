import { t } from '../../shared/messages/language';
import { formatLatency } from '../format/number';

const WIDTH = 72;
const HEIGHT = 20;
const PAD = 2;

/** Latest latencies as a line, oldest left, from 0 to the largest; a single one as a number, a dash when there are none. */
export function Sparkline({ values }: { values: readonly number[] }) {
  if (values.length === 0) return <span className="text-ink-3">–</span>;
  const [only] = values.length === 1 ? values : [];
  if (only !== undefined) return <span className="whitespace-nowrap text-ink-2">{formatLatency(only)}</span>;
  const top = Math.max(...values, 1);
  const step = (WIDTH - 2 * PAD) / (values.length - 1);
  const points = values.map((value, index): [number, number] => [
    PAD + index * step,
    HEIGHT - PAD - (value / top) * (HEIGHT - 2 * PAD),
  ]);
  const last = points.at(-1) ?? [PAD, HEIGHT - PAD];
  const latest = values.at(-1) ?? 0;
  return (
    <svg
      role="img"
      aria-label={t('ui.latency', {
        latest: formatLatency(latest),
        count: values.length,
        slowest: formatLatency(Math.max(...values)),
      })}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className="shrink-0 text-accent"
    >
      <polyline
        points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.25"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      <circle cx={last[0]} cy={last[1]} r="1.75" fill="currentColor" />
    </svg>
  );
}
