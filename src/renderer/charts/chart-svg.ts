import type { ChartSpec, LegendItem, SeriesMark } from './chart-spec';
import { decadeTicks, timeTicks, valueTicks } from './chart-ticks';
import { decades, type Frame, gapsOf } from './plot';
import {
  area,
  END,
  escaped,
  hatching,
  LINE,
  MARGIN,
  MIDDLE,
  n,
  PICTURE_WIDTH,
  type Picture,
  type PictureKey,
  type PictureLook,
  path,
  rect,
  ruling,
  svgPicture,
  text,
} from './svg-picture';
import { timeLabels } from './time-axis';

/** One series, from back to front. */
export interface SvgSeries {
  readonly mark: SeriesMark;
  readonly stroke: string | null;
  readonly fill: string | null;
  /** Of its line, in pixels. */
  readonly width: number;
  readonly dash: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Everything that a picture of a chart shows. */
export interface ChartPicture extends PictureLook {
  readonly title: string;
  /** The time that it shows, in words. */
  readonly when: string;
  readonly legend: readonly LegendItem[];
  readonly frame: Frame;
  readonly series: readonly SvgSeries[];
  readonly scale: Pick<ChartSpec, 'leastTop' | 'logarithmic' | 'mirrored' | 'whole' | 'formatValue'>;
}

const VALUE_AXIS = 56;
const PLOT_HEIGHT = 280;
const SWATCH = 10;
const BAR = { share: 0.78, most: 40 };
const ARM = 4;
const HATCH = { size: 7, opacity: 0.35 };

/** A chart as an SVG drawing that needs nothing else: with its title, its legend and a background. */
export function chartSvg(picture: ChartPicture): Picture {
  const { colours, frame } = picture;
  const legend = picture.legend.map(legendKey);
  return svgPicture({ ...picture, legend }, picture, PLOT_HEIGHT + LINE, (top) => {
    const box = { left: MARGIN + VALUE_AXIS, top, width: PICTURE_WIDTH - 2 * MARGIN - VALUE_AXIS, height: PLOT_HEIGHT };
    const [low, high] = rangeOf(picture);
    const at = (value: number) => (picture.scale.logarithmic ? Math.log10(Math.max(value, low)) : value);
    const y = (value: number) => box.top + box.height * (1 - (at(value) - at(low)) / (at(high) - at(low)));
    const { from, to } = frame.view;
    const x = (time: number) => box.left + (box.width * (time - from)) / (to - from);
    const place: Place = { box, x, y, zero: Math.min(y(Math.max(low, 0)), box.top + box.height) };
    // As on the screen: aslant when Holdfast was not running, level when the machine slept.
    const patterns =
      hatching('away', HATCH.size, colours.gap, HATCH.opacity) +
      ruling('asleep', HATCH.size, colours.gap, HATCH.opacity);
    return [
      `<defs>${patterns}<clipPath id="plot"><rect x="${n(box.left)}" y="${n(box.top)}" width="${n(box.width)}" height="${n(box.height)}"/></clipPath></defs>`,
      ...axes(picture, place, low, high),
      '<g clip-path="url(#plot)">',
      ...gapsOf(frame)
        .filter(({ why }) => why !== 'before')
        .map((gap) =>
          rect(
            x(gap.from),
            box.top,
            x(gap.to) - x(gap.from),
            box.height,
            `url(#${gap.why === 'asleep' ? 'asleep' : 'away'})`,
          ),
        ),
      ...picture.series.map((series) => drawn(series, frame, place)),
      '</g>',
    ];
  });
}

interface Place {
  readonly box: Readonly<Record<'left' | 'top' | 'width' | 'height', number>>;
  x(time: number): number;
  y(value: number): number;
  /** Where bars begin. */
  readonly zero: number;
}

/** As the chart on the screen has it. */
function rangeOf({ series, scale }: ChartPicture): [low: number, high: number] {
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const least = known.length > 0 ? Math.min(...known) : null;
  const most = known.length > 0 ? Math.max(...known) : null;
  if (scale.logarithmic) return decades(least, most, scale.leastTop);
  const low = scale.mirrored && (least ?? 0) < 0 ? Math.min(-scale.leastTop / 2, (least ?? 0) * 1.06) : 0;
  return [low, Math.max(scale.leastTop, (most ?? 0) * 1.06)];
}

function axes({ scale, colours, frame }: ChartPicture, { box, x, y }: Place, low: number, high: number): string[] {
  const values = scale.logarithmic ? decadeTicks(low, high) : valueTicks(low, high, 6, scale.whole);
  const { step, ticks } = timeTicks(frame.view, Math.floor(box.width / 96));
  const bottom = box.top + box.height;
  return [
    ...values.flatMap((value) => [
      `<path d="M${n(box.left)} ${n(y(value))}h${n(box.width)}" stroke="${escaped(colours.grid)}"/>`,
      text(box.left - 8, y(value) + 4, scale.formatValue(scale.mirrored ? Math.abs(value) : value), colours.axis, END),
    ]),
    ...timeLabels(ticks, step).flatMap((label, index) => [
      `<path d="M${n(x(ticks[index] ?? 0))} ${n(bottom)}v4" stroke="${escaped(colours.grid)}"/>`,
      text(x(ticks[index] ?? 0), bottom + 18, label, colours.axis, MIDDLE),
    ]),
  ];
}

function drawn(series: SvgSeries, frame: Frame, place: Place): string {
  if (series.mark === 'bar') return bars(series, frame, place);
  return series.mark === 'cross' ? crosses(series, frame, place) : steps(series, frame, place);
}

function bars({ values, fill, stroke, width }: SvgSeries, { buckets, bucket }: Frame, { x, y, zero }: Place): string {
  const paths = values.map((value, index) => {
    const start = buckets[index]?.at;
    if (value === null || start === undefined) return '';
    const full = x(start + bucket) - x(start);
    const wide = Math.max(1, Math.min(BAR.most, full * BAR.share));
    return `M${n(x(start) + (full - wide) / 2)} ${n(zero)}V${n(y(value))}h${n(wide)}V${n(zero)}z`;
  });
  return path(paths.join(''), { fill, stroke: width > 0 ? stroke : null, width });
}

function steps(series: SvgSeries, { buckets, bucket }: Frame, { x, y, box }: Place): string {
  const bottom = box.top + box.height;
  let line = '';
  let below = '';
  let isJoined = false;
  series.values.forEach((value, index) => {
    const start = buckets[index]?.at;
    if (value === null || start === undefined) {
      isJoined = false;
      return;
    }
    const [left, right, top] = [n(x(start)), n(x(start + bucket)), n(y(value))];
    line += `${isJoined ? 'L' : 'M'}${left} ${top}H${right}`;
    below += `M${left} ${n(bottom)}V${top}H${right}V${n(bottom)}z`;
    isJoined = true;
  });
  const { fill, stroke, width, dash, mark } = series;
  const under = mark === 'area' && fill !== null ? area(below, fill) : '';
  return under + path(line, { fill: null, stroke, width, dash });
}

function crosses({ values, stroke, width }: SvgSeries, { buckets, bucket }: Frame, { x, y }: Place): string {
  const paths = values.map((value, index) => {
    const start = buckets[index]?.at;
    if (value === null || start === undefined) return '';
    const [left, top] = [x(start + bucket / 2) - ARM, y(value) - ARM];
    return `M${n(left)} ${n(top)}l${2 * ARM} ${2 * ARM}m0 ${-2 * ARM}l${-2 * ARM} ${2 * ARM}`;
  });
  return path(paths.join(''), { fill: null, stroke, width });
}

const legendKey = ({ mark, colour, label, value }: LegendItem): PictureKey => ({
  label,
  value,
  swatchWidth: SWATCH,
  swatch(left, top) {
    if (mark === 'cross')
      return path(`M${n(left + 1.5)} ${n(top + 3.5)}l7 7m0-7l-7 7`, { fill: null, stroke: colour, width: 2.2 });
    return mark === 'bar' ? rect(left, top + 2, SWATCH, SWATCH, colour) : rect(left, top + 6, SWATCH, 2.5, colour);
  },
});
