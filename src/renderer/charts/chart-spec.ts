import type uPlot from 'uplot';
import type { HistoryBucket } from '../../shared/contract/history';
import type { Ms } from '../../shared/model/units';
import type { ChartTheme } from './chart-theme';

/** A stretch of time, excluding `to`. */
export interface Span {
  readonly from: Ms;
  readonly to: Ms;
}

/** One entry of a chart's legend: what its colour means and the value under the cursor. */
export interface LegendItem {
  readonly label: string;
  readonly value: string;
  /** What the label means, as its tooltip. */
  readonly help?: string;
  /** Reserves room for a value with a unit. */
  readonly wide?: boolean;
  /** CSS colour of its swatch. */
  readonly colour: string;
  readonly mark: 'bar' | 'line' | 'cross';
}

/** How a series is drawn: `area` and `line` in level steps over each bucket. */
export type SeriesMark = 'bar' | 'area' | 'line' | 'cross';

/** What one kind of chart draws from a history, and how it words it. */
export interface ChartSpec {
  /** Its name in file names. */
  readonly id: string;
  /** Series from back to front; `columns` has their values in the same order. */
  series(theme: ChartTheme, uplot: typeof uPlot): uPlot.Series[];
  /** How each series is drawn, in the same order. */
  readonly marks: readonly SeriesMark[];
  columns(buckets: readonly HistoryBucket[]): (number | null)[][];
  /** The legend for the bucket under the cursor, or for all buckets in view. */
  legend(buckets: readonly HistoryBucket[]): LegendItem[];
  /** The value axis reaches at least this far. */
  readonly leastTop: number;
  /** Whether the value axis is logarithmic: one slow value does not flatten the rest. Values must be above 0 then. */
  readonly logarithmic?: boolean;
  /** Whether values below 0 are a second quantity, drawn downwards; its labels have no sign. */
  readonly mirrored?: boolean;
  /** Whether only whole numbers make sense as values. */
  readonly whole: boolean;
  formatValue(value: number): string;
}
