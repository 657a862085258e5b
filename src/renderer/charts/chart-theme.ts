/** Colours and font of the charts, as the style sheet has them now. A canvas cannot follow it by itself. */
export interface ChartTheme {
  readonly resumed: string;
  readonly restored: string;
  readonly reinitialized: string;
  readonly token: string;
  readonly stops: string;
  readonly line: string;
  readonly fill: string;
  readonly second: string;
  readonly grid: string;
  readonly axis: string;
  readonly gap: string;
  /** Drawn around bars where their own colours may not be told from the background; null elsewhere. */
  readonly outline: string | null;
  readonly font: string;
}

/** Reads the theme; call it again after `data-theme` changed. */
export function readChartTheme(root: Element = document.documentElement): ChartTheme {
  const style = getComputedStyle(root);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  // With forced colours the page's background is the person's choice, and ours may not be seen on it.
  const forced = matchMedia('(forced-colors: active)').matches;
  return {
    resumed: colour('--chart-resumed'),
    restored: colour('--chart-restored'),
    reinitialized: colour('--chart-reinitialized'),
    token: colour('--chart-token'),
    stops: forced ? 'CanvasText' : colour('--chart-stops'),
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
