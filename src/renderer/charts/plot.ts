import type uPlot from 'uplot';
import type { HistoryBucket } from '../../shared/contract/history';
import type { Ms } from '../../shared/model/units';
import { type BucketGap, bucketGap } from './bucket-gap';
import type { ChartSpec, Span } from './chart-spec';
import type { ChartTheme } from './chart-theme';
import { TIME_STEPS } from './chart-ticks';
import { timeLabels } from './time-axis';

/** The shortest drag, in CSS pixels, that counts as a selection. */
const DRAG = 6;
/** Width of half a label on the time axis; a label that would be cut off at the edge is left out. */
const HALF_LABEL = 44;
const VALUE_AXIS = 52;
const TIME_AXIS = 26;

/** What a plot shows: buckets of one size, and the stretch of time in view. */
export interface Frame {
  readonly buckets: readonly HistoryBucket[];
  readonly bucket: Ms;
  readonly view: Span;
}

export interface PlotListener {
  /** The pointer is over this bucket, or over none. */
  hover(index: number | null): void;
  pick(index: number): void;
  select(span: Span): void;
}

/** One drawn chart. The caller owns the box and reports every change. */
export class Plot {
  readonly #u: uPlot;
  readonly #spec: ChartSpec;
  readonly #cursor = marker('chart-marker chart-cursor');
  readonly #picked = marker('chart-marker chart-picked');
  #frame: Frame;
  #cursorAt: Ms | null = null;
  #pickedAt: Ms | null = null;

  constructor(
    library: typeof uPlot,
    box: HTMLElement,
    options: { spec: ChartSpec; theme: ChartTheme; frame: Frame; height: number; zoomable: boolean },
    listener: PlotListener,
  ) {
    const { spec, theme, frame, height, zoomable } = options;
    this.#spec = spec;
    this.#frame = frame;
    this.#u = new library(
      {
        width: Math.max(1, box.clientWidth),
        height,
        ms: 1,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        series: [{}, ...spec.series(theme, library)],
        scales: {
          x: { time: true, range: () => [this.#frame.view.from, this.#frame.view.to] },
          y: spec.logarithmic
            ? { distr: 3, log: 10, range: (_, min, max) => decades(min, max, spec.leastTop) }
            : {
                range: (_, min, max) => [
                  spec.mirrored && (min ?? 0) < 0 ? Math.min(-spec.leastTop / 2, (min ?? 0) * 1.06) : 0,
                  Math.max(spec.leastTop, (max ?? 0) * 1.06),
                ],
              },
        },
        axes: [
          {
            stroke: theme.axis,
            font: theme.font,
            size: TIME_AXIS,
            gap: 6,
            space: 96,
            incrs: [...TIME_STEPS],
            grid: { show: false },
            ticks: { stroke: theme.grid, width: 1, size: 4 },
            values: (u, splits, _, __, step) =>
              timeLabels(splits, step).map((label, index) => (fits(u, splits[index] ?? 0) ? label : '')),
          },
          {
            stroke: theme.axis,
            font: theme.font,
            size: VALUE_AXIS,
            gap: 8,
            space: 32,
            ...(spec.whole && { incrs: WHOLE_STEPS }),
            grid: { stroke: theme.grid, width: 1 },
            ticks: { show: false },
            // On a logarithmic axis the library leaves out (null) what would crowd it.
            values: (_, splits: (number | null)[]) =>
              splits.map((value) => (value === null ? '' : spec.formatValue(spec.mirrored ? Math.abs(value) : value))),
          },
        ],
        cursor: {
          x: false,
          y: false,
          points: { show: false },
          drag: { x: zoomable, y: false, setScale: false, dist: DRAG },
        },
        hooks: {
          drawClear: [
            (u) => {
              this.#drawGaps(u, theme, 'not running');
              this.#drawGaps(u, theme, 'asleep');
            },
          ],
          draw: [() => this.#placeMarkers()],
          setSelect: [
            (u) => {
              const { left, width } = u.select;
              if (width < DRAG) return;
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              listener.select(this.#snap(u.posToIdx(left), u.posToIdx(left + width)));
            },
          ],
        },
      },
      this.#columns(frame),
      box,
    );
    const { over } = this.#u;
    over.append(this.#picked, this.#cursor);
    const under = (event: MouseEvent) => this.#u.posToIdx(event.clientX - over.getBoundingClientRect().left);
    over.addEventListener('pointermove', (event) => listener.hover(under(event)));
    over.addEventListener('pointerleave', () => listener.hover(null));
    over.addEventListener('click', (event) => listener.pick(under(event)));
  }

  setFrame(frame: Frame): void {
    if (frame === this.#frame) return;
    this.#frame = frame;
    this.#u.setData(this.#columns(frame));
  }

  setSize(width: number, height: number): void {
    if (width < 1 || (width === this.#u.width && height === this.#u.height)) return;
    this.#u.setSize({ width, height });
  }

  /** Marks the bucket described by the legend and the one whose events are listed, each given by its start. */
  mark(cursorAt: Ms | null, pickedAt: Ms | null): void {
    if (cursorAt === this.#cursorAt && pickedAt === this.#pickedAt) return;
    this.#cursorAt = cursorAt;
    this.#pickedAt = pickedAt;
    this.#placeMarkers();
  }

  destroy(): void {
    this.#u.destroy();
  }

  #columns({ buckets, bucket }: Frame): uPlot.AlignedData {
    // A bucket is plotted at its middle, so that the one nearest to the pointer is the one under it.
    return [buckets.map(({ at }) => at + bucket / 2), ...this.#spec.columns(buckets)];
  }

  /** From the start of one bucket to the end of another. */
  #snap(first: number, last: number): Span {
    const { buckets, bucket, view } = this.#frame;
    return { from: buckets[first]?.at ?? view.from, to: (buckets[last]?.at ?? view.to - bucket) + bucket };
  }

  #placeMarkers(): void {
    this.#place(this.#cursor, this.#cursorAt);
    this.#place(this.#picked, this.#pickedAt);
  }

  #place({ style }: HTMLElement, at: Ms | null): void {
    style.display = at === null ? 'none' : 'block';
    if (at === null) return;
    const left = this.#u.valToPos(at, 'x');
    style.left = `${left}px`;
    style.width = `${Math.max(2, this.#u.valToPos(at + this.#frame.bucket, 'x') - left)}px`;
  }

  /** Hatches the time of which nothing is known: aslant when Holdfast was not running, level when the machine slept. */
  #drawGaps(u: uPlot, theme: ChartTheme, why: BucketGap): void {
    const { ctx, bbox } = u;
    const x = (at: Ms) => u.valToPos(at, 'x', true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.beginPath();
    const gaps = gapsOf(this.#frame).filter((gap) => gap.why === why);
    for (const { from, to } of gaps) ctx.rect(x(from), bbox.top, x(to) - x(from), bbox.height);
    ctx.clip();
    ctx.strokeStyle = theme.gap;
    ctx.globalAlpha = 0.35;
    ctx.setLineDash([]);
    ctx.lineWidth = devicePixelRatio;
    const step = 7 * devicePixelRatio;
    ctx.beginPath();
    if (why === 'asleep') {
      for (let at = bbox.top + step / 2; at < bbox.top + bbox.height; at += step) {
        ctx.moveTo(bbox.left, at);
        ctx.lineTo(bbox.left + bbox.width, at);
      }
    } else {
      for (let at = bbox.left - bbox.height; at < bbox.left + bbox.width; at += step) {
        ctx.moveTo(at, bbox.top + bbox.height);
        ctx.lineTo(at + bbox.height, bbox.top);
      }
    }
    ctx.stroke();
    ctx.restore();
  }
}

/** Whole powers of ten around the values, up to `least` at least. */
export function decades(min: number | null, max: number | null, least: number): [low: number, high: number] {
  const power = (value: number, round: (value: number) => number) => 10 ** round(Math.log10(Math.max(0.1, value)));
  const high = power(Math.max(least, max ?? least), Math.ceil);
  return [Math.min(high / 10, power(min ?? 1, Math.floor)), high];
}

const WHOLE_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000];

const fits = (u: uPlot, at: Ms): boolean => u.valToPos(at, 'x') <= u.width - VALUE_AXIS - HALF_LABEL;

function marker(className: string): HTMLDivElement {
  const element = document.createElement('div');
  element.className = className;
  return element;
}

/** A stretch of which nothing is known. */
export interface Gap extends Span {
  readonly why: BucketGap;
}

/** The stretches when Holdfast was not running or the machine slept. */
export function gapsOf({ buckets, bucket }: Pick<Frame, 'buckets' | 'bucket'>): Gap[] {
  const gaps: Gap[] = [];
  for (const one of buckets) {
    const why = bucketGap(one, bucket);
    if (why === null) continue;
    const { at } = one;
    const last = gaps.at(-1);
    if (last?.to === at && last.why === why) gaps[gaps.length - 1] = { from: last.from, to: at + bucket, why };
    else gaps.push({ from: at, to: at + bucket, why });
  }
  return gaps;
}
