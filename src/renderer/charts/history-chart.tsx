import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { History, HistoryBucket } from '../../shared/contract/history';
import { t } from '../../shared/messages/language';
import type { Ms } from '../../shared/model/units';
import { useHoldfast } from '../store/use-holdfast';
import { bucketGap, GAP_WORDS } from './bucket-gap';
import { useChartCursor } from './chart-cursor';
import { ChartExport } from './chart-export';
import { moveCursor } from './chart-keys';
import { ChartLegend } from './chart-legend';
import type { ChartSpec, Span } from './chart-spec';
import { readChartTheme } from './chart-theme';
import { loadUplot } from './load-uplot';
import { type Frame, gapsOf, Plot, type PlotListener } from './plot';
import { RANGE_WORDS } from './range-words';
import { spanWords } from './time-axis';
import 'uplot/dist/uPlot.min.css';
import './charts.css';

/** Props of every history chart. */
export interface ChartProps {
  /** Null while loading: the space is reserved, nothing is drawn. */
  readonly history: History | null;
  /** Height of plot and axis in CSS pixels, without the legend above them. */
  readonly height: number;
  /** The part in view; all of it by default. */
  readonly view?: Span | null;
  /** Start of the bucket whose events are listed. */
  readonly picked?: Ms | null;
  /** Called when a bucket is clicked, or on Enter. */
  readonly onPick?: (bucket: HistoryBucket) => void;
  /** Called when a stretch is selected by dragging. */
  readonly onZoom?: (span: Span) => void;
}

/**
 * A chart over time: hover values above it, arrow keys move the cursor, Enter or a click picks a bucket. To a screen reader
 * it is a slider whose value describes the bucket.
 */
export function HistoryChart({ spec, name, ...props }: ChartProps & { spec: ChartSpec; name: string }) {
  const { history, height, view, onPick } = props;
  const [at, point] = useChartCursor();
  const hint = useId();
  const frame = useMemo(() => (history ? frameOf(history, view ?? null) : null), [history, view]);
  const shown = frame?.buckets ?? [];
  const found = shown.findIndex((bucket) => bucket.at === at);
  const index = found < 0 ? null : found;
  const box = usePlot({ ...props, spec, frame, point, cursor: index === null ? null : at });

  const bucket = index === null ? undefined : shown[index];
  const items = spec.legend(bucket ? [bucket] : shown);
  const when = bucket && history ? spanWords(bucket.at, bucket.at + history.bucket_ms) : rangeWords(history, view);
  const gap = bucket && history ? bucketGap(bucket, history.bucket_ms) : null;
  const gaps = useMemo(() => new Set(frame ? gapsOf(frame).map(({ why }) => why) : []), [frame]);
  const said = t('charts.described', {
    when,
    what: gap ? GAP_WORDS[gap] : items.map((item) => `${item.label} ${item.value}`).join(', '),
  });

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      if (bucket) onPick?.(bucket);
      return;
    }
    const to = moveCursor(event.key, index, shown.length);
    if (to === undefined) return;
    event.preventDefault();
    point(to === null ? null : (shown[to]?.at ?? null));
  };

  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className="flex items-start gap-1">
        <div className="min-w-0 flex-1">
          <ChartLegend when={when} items={items} known={history !== null} gaps={gaps} inGap={gap} />
        </div>
        <ChartExport spec={spec} name={name} when={rangeWords(history, view)} frame={frame} />
      </div>
      <div
        ref={box}
        role="slider"
        tabIndex={0}
        aria-label={name}
        aria-describedby={hint}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, shown.length - 1)}
        aria-valuenow={index ?? Math.max(0, shown.length - 1)}
        aria-valuetext={said}
        onKeyDown={press}
        onBlur={() => point(null)}
        // Time runs from left to right in every language.
        dir="ltr"
        className="chart min-w-0 overflow-hidden rounded"
        style={{ height }}
      />
      <span id={hint} className="sr-only">
        {t(onPick ? 'charts.keys.pick' : 'charts.keys')}
      </span>
    </div>
  );
}

/** Returns a ref for a box and draws into that box while there is something to draw. */
function usePlot(options: {
  spec: ChartSpec;
  frame: Frame | null;
  height: number;
  cursor: Ms | null;
  picked?: Ms | null;
  point: (at: Ms | null) => void;
  onPick?: (bucket: HistoryBucket) => void;
  onZoom?: (span: Span) => void;
}) {
  const { spec, frame, height, cursor, picked = null, onZoom } = options;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const library = useUplot();
  const theme = useHoldfast((state) => state.theme);
  // The plot's listeners outlive renders, so they read the current options.
  const current = useRef(options);
  current.current = options;
  const zoomable = onZoom !== undefined;
  const drawable = frame !== null;

  // biome-ignore lint/correctness/useExhaustiveDependencies: later frames and heights reach the plot through the effects below; the theme is read from the page
  useEffect(() => {
    const element = box.current;
    if (!element || !library || !frame) return;
    const listener: PlotListener = {
      hover: (at) => current.current.point(at === null ? null : (current.current.frame?.buckets[at]?.at ?? null)),
      pick: (at) => {
        const bucket = current.current.frame?.buckets[at];
        if (bucket) current.current.onPick?.(bucket);
      },
      select: (span) => current.current.onZoom?.(span),
    };
    const drawn = new Plot(library, element, { spec, theme: readChartTheme(), frame, height, zoomable }, listener);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize(element.clientWidth, current.current.height));
    resized.observe(element);
    return () => {
      resized.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [library, spec, theme, zoomable, drawable]);

  useEffect(() => {
    if (frame) plot.current?.setFrame(frame);
  }, [frame]);
  useEffect(() => {
    if (box.current) plot.current?.setSize(box.current.clientWidth, height);
  }, [height]);
  // No dependency list: a plot that was recreated needs its marks, too.
  useEffect(() => plot.current?.mark(cursor, picked));
  return box;
}

function useUplot(): typeof uPlot | null {
  const [library, setLibrary] = useState<typeof uPlot | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    let ended = false;
    loadUplot().then(
      (loaded) => !ended && setLibrary(() => loaded),
      (error: unknown) => !ended && setFailure(error),
    );
    return () => {
      ended = true;
    };
  }, []);
  if (failure !== null) throw failure;
  return library;
}

function frameOf(history: History, view: Span | null): Frame {
  const { buckets, bucket_ms, from, to } = history;
  if (!view) return { buckets, bucket: bucket_ms, view: { from, to } };
  const seen = buckets.filter(({ at }) => at >= view.from && at < view.to);
  return { buckets: seen, bucket: bucket_ms, view };
}

function rangeWords(history: History | null, view?: Span | null): string {
  if (!history) return '';
  return view ? spanWords(view.from, view.to) : RANGE_WORDS[history.range];
}
