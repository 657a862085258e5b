import type { HistoryBucket } from '../../shared/contract/history';

/** The charts' colours and font as the style sheet has them now; a canvas does not follow it on its own. */
export interface ChartTheme {
  readonly resumed: string;
  readonly restored: string;
  readonly reinitialized: string;
  readonly token: string;
  readonly taken_over: string;
  readonly stops: string;
  /** Disconnects by reason. */
  readonly disconnects: Readonly<Record<keyof HistoryBucket['disconnected_by'], string>>;
  readonly line: string;
  readonly fill: string;
  readonly second: string;
  readonly grid: string;
  readonly axis: string;
  readonly gap: string;
  /** Drawn around bars whose colours may not stand out from the background; otherwise null. */
  readonly outline: string | null;
  readonly font: string;
}

/** Reads the theme; call it again after `data-theme` has changed. */
export function readChartTheme(root: Element = document.documentElement): ChartTheme {
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  // With forced colours the user picks the background, and our colours may be invisible on it.
  const forced = matchMedia('(forced-colors: active)').matches;
  return {
    resumed: colour('--chart-resumed'),
    restored: colour('--chart-restored'),
    reinitialized: colour('--chart-reinitialized'),
    token: colour('--chart-token'),
    taken_over: colour('--chart-taken-over'),
    stops: forced ? 'CanvasText' : colour('--chart-stops'),
    disconnects: {
      ended: colour('--idle'),
      lost: colour('--disconnected'),
      user: colour('--ended'),
      holdfast: colour('--chart-restored'),
    },
    line: forced ? 'CanvasText' : colour('--chart-line'),
    fill: forced ? 'Canvas' : colour('--chart-fill'),
    second: forced ? 'GrayText' : colour('--chart-reinitialized'),
    grid: forced ? 'GrayText' : colour('--chart-grid'),
    axis: forced ? 'CanvasText' : colour('--chart-axis'),
    gap: forced ? 'GrayText' : colour('--line-strong'),
    outline: forced ? 'CanvasText' : null,
    font: `12px ${getComputedStyle(document.body).fontFamily}`,
  };
}
