import { t } from '../../shared/messages/language';
import { cx } from '../ui/cx';
import { type BucketGap, GAP_WORDS } from './bucket-gap';
import type { LegendItem } from './chart-spec';

export interface ChartLegendProps {
  /** The time that the values belong to. */
  when: string;
  items: readonly LegendItem[];
  /** Whether the values are known; false while the history is loading. */
  known: boolean;
  /** Which hatchings to explain. They mark time of which nothing is known. */
  gaps: ReadonlySet<BucketGap>;
  /** Why the values of the bucket under the cursor are unknown; null if they are known. */
  inGap: BucketGap | null;
}

const HATCHINGS: readonly (readonly [BucketGap, label: string, path: string])[] = [
  ['not running', t('charts.hatching.not_running'), 'M0 5 5 0M0 10 10 0M5 10l5-5'],
  ['asleep', t('charts.hatching.asleep'), 'M0 1.5h10M0 5h10M0 8.5h10'],
];

/** Legend and hover values above the chart. It reserves room for the values so that nothing moves when they change. */
export function ChartLegend({ when, items, known, gaps, inGap }: ChartLegendProps) {
  const whole = inGap ? `${when} · ${GAP_WORDS[inGap]}` : when;
  return (
    <div className="flex flex-wrap items-center gap-x-4 ps-1 text-sm leading-6">
      <span title={whole} className="h-6 min-w-92 flex-1 truncate font-medium text-ink">
        {whole}
      </span>
      <span className="flex flex-wrap gap-x-4">
        {items.map((item) => (
          <span
            key={item.label}
            title={item.help}
            className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-2"
          >
            <Swatch item={item} />
            {item.label}
            <span className={cx('font-medium text-ink', item.wide ? 'min-w-16' : 'min-w-8')}>
              {known && !inGap ? item.value : '–'}
            </span>
          </span>
        ))}
        {HATCHINGS.filter(([why]) => gaps.has(why)).map(([why, label, path]) => (
          <span key={why} className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-2">
            <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" className="text-ink-3">
              <path d={path} stroke="currentColor" strokeWidth="1" />
            </svg>
            {label}
          </span>
        ))}
      </span>
    </div>
  );
}

function Swatch({ item }: { item: LegendItem }) {
  return (
    <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" className="shrink-0">
      {item.mark === 'cross' ? (
        <path
          d="M1.5 1.5l7 7M8.5 1.5l-7 7"
          strokeWidth="2.2"
          strokeLinecap="round"
          style={{ stroke: item.colour, forcedColorAdjust: 'none' }}
        />
      ) : (
        <SwatchRect item={item} />
      )}
    </svg>
  );
}

const SwatchRect = ({ item }: { item: LegendItem }) => (
  <rect
    x="0"
    y={item.mark === 'bar' ? 0 : 4}
    width="10"
    height={item.mark === 'bar' ? 10 : 2.5}
    rx={item.mark === 'bar' ? 2 : 0}
    style={{ fill: item.colour, forcedColorAdjust: 'none' }}
  />
);
