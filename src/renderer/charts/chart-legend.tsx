import type { LegendItem } from './chart-spec';

export interface ChartLegendProps {
  /** The time that the values are of. */
  when: string;
  items: readonly LegendItem[];
  /** Whether the hatched time in which Holdfast did not run is explained. */
  hasGaps: boolean;
  /** Stands in place of the values when there are none. */
  note?: string;
}

/** Legend and hover values in one line above the chart. It holds room for its values, so that nothing moves with them. */
export function ChartLegend({ when, items, hasGaps, note }: ChartLegendProps) {
  return (
    <div className="flex min-h-6 flex-wrap items-center gap-x-5 gap-y-0.5 pl-1 text-sm">
      <span className="w-52 shrink-0 truncate font-medium text-ink">{when}</span>
      {items.map((item) => (
        <span key={item.label} className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-2">
          <Swatch item={item} />
          {item.label}
          <span className="min-w-9 font-medium text-ink">{note ? '–' : item.value}</span>
        </span>
      ))}
      {hasGaps && (
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-ink-2">
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" className="text-ink-3">
            <path d="M0 5 5 0M0 10 10 0M5 10l5-5" stroke="currentColor" strokeWidth="1" />
          </svg>
          Not running
        </span>
      )}
    </div>
  );
}

function Swatch({ item }: { item: LegendItem }) {
  return (
    <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" className="shrink-0">
      <rect
        x="0"
        y={item.mark === 'bar' ? 0 : 4}
        width="10"
        height={item.mark === 'bar' ? 10 : 2.5}
        rx={item.mark === 'bar' ? 2 : 0}
        style={{ fill: item.colour, forcedColorAdjust: 'none' }}
      />
    </svg>
  );
}
