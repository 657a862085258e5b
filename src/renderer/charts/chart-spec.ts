import type uPlot from 'uplot';
import type { HistoryBucket } from '../../shared/contract/history';
import type { Ms } from '../../shared/model/units';
import type { ChartTheme } from './chart-theme';

/** A stretch of time, `to` not included. */
export interface Span {
  readonly from: Ms;
  readonly to: Ms;
}

/** One entry of a chart's legend: what its colour means and the value under the cursor. */
export interface LegendItem {
  readonly label: string;
  readonly value: string;
  /** Holds room for a value with a unit. */
  readonly wide?: boolean;
  /** CSS colour of its swatch; a line is drawn as a line, a point as a cross. */
  readonly colour: string;
  readonly mark: 'bar' | 'line' | 'cross';
}

/** What one kind of chart draws of a history, and how it says it. */
export interface ChartSpec {
  /** Series from back to front; `columns` has their values in the same order. */
  series(theme: ChartTheme, uplot: typeof uPlot): uPlot.Series[];
  columns(buckets: readonly HistoryBucket[]): (number | null)[][];
  /** The legend for the bucket under the cursor, or for all that are shown. */
  legend(buckets: readonly HistoryBucket[]): LegendItem[];
  /** The value axis reaches at least this far. */
  readonly leastTop: number;
  /** Whether values between two whole numbers make no sense. */
  readonly whole: boolean;
  formatValue(value: number): string;
}
