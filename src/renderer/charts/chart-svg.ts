import type { ChartSpec, LegendItem, SeriesMark } from './chart-spec';
import { decadeTicks, timeTicks, valueTicks } from './chart-ticks';
import { decades, type Frame, gapsOf } from './plot';
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
export interface ChartPicture {
  readonly title: string;
  /** The time that it shows, in words. */
  readonly when: string;
  readonly legend: readonly LegendItem[];
  readonly frame: Frame;
  readonly series: readonly SvgSeries[];
  readonly scale: Pick<ChartSpec, 'leastTop' | 'logarithmic' | 'mirrored' | 'whole' | 'formatValue'>;
  /** CSS colours, written out. */
  readonly colours: Readonly<Record<'background' | 'ink' | 'text' | 'grid' | 'axis' | 'gap', string>>;
  readonly font: string;
  /** Width of a text of 12 pixels, in pixels. */
  measure(text: string): number;
}

export const PICTURE_WIDTH = 960;
const MARGIN = 24;
const VALUE_AXIS = 56;
const PLOT_HEIGHT = 280;
const LINE = 22;
const SWATCH = 10;
const LEGEND_GAP = 18;
const BAR = { share: 0.78, most: 40 };
const ARM = 4;
const HATCH = 7;

/** A chart as an SVG drawing that needs nothing else: with its title, its legend and a background. */
export function chartSvg(picture: ChartPicture): { svg: string; width: number; height: number } {
  const { colours, font, title, when, frame } = picture;
  const legend = legendRows(picture);
  const top = MARGIN + LINE + LINE + legend.length * LINE + 14;
  const height = top + PLOT_HEIGHT + LINE + MARGIN;
  const box = { left: MARGIN + VALUE_AXIS, top, width: PICTURE_WIDTH - 2 * MARGIN - VALUE_AXIS, height: PLOT_HEIGHT };
  const [low, high] = rangeOf(picture);
  const at = (value: number) => (picture.scale.logarithmic ? Math.log10(Math.max(value, low)) : value);
  const y = (value: number) => box.top + box.height * (1 - (at(value) - at(low)) / (at(high) - at(low)));
  const { from, to } = frame.view;
  const x = (time: number) => box.left + (box.width * (time - from)) / (to - from);
  const place: Place = { box, x, y, zero: Math.min(y(Math.max(low, 0)), box.top + box.height) };
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_WIDTH}" height="${height}" viewBox="0 0 ${PICTURE_WIDTH} ${height}" font-family="${escaped(font)}" font-size="12">`,
    `<title>${escaped(`${title}, ${when}`)}</title>`,
    `<defs>${hatching(colours.gap)}<clipPath id="plot"><rect x="${n(box.left)}" y="${n(box.top)}" width="${n(box.width)}" height="${n(box.height)}"/></clipPath></defs>`,
    `<rect width="100%" height="100%" fill="${escaped(colours.background)}"/>`,
    text(MARGIN, MARGIN + 12, title, colours.ink, 'font-size="16" font-weight="600"'),
    text(MARGIN, MARGIN + LINE + 12, when, colours.text),
    ...legend.flatMap((row, index) => row.map((item) => legendItem(item, MARGIN + LINE * (index + 2), colours))),
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
    '</svg>',
  ].join('\n');
  return { svg: `${svg}\n`, width: PICTURE_WIDTH, height };
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
      text(x(ticks[index] ?? 0), bottom + 18, label, colours.axis, 'text-anchor="middle"'),
    ]),
  ];
}

const END = 'text-anchor="end"';

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
  let area = '';
  let isJoined = false;
  series.values.forEach((value, index) => {
    const start = buckets[index]?.at;
    if (value === null || start === undefined) {
      isJoined = false;
      return;
    }
    const [left, right, top] = [n(x(start)), n(x(start + bucket)), n(y(value))];
    line += `${isJoined ? 'L' : 'M'}${left} ${top}H${right}`;
    area += `M${left} ${n(bottom)}V${top}H${right}V${n(bottom)}z`;
    isJoined = true;
  });
  const { fill, stroke, width, dash, mark } = series;
  const under = mark === 'area' && fill !== null ? path(area, { fill, stroke: null, width: 0 }) : '';
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

interface PlacedItem {
  readonly item: LegendItem;
  readonly left: number;
  /** Where its value begins. */
  readonly valueAt: number;
}

/** The legend in as many rows as it takes. */
function legendRows({ legend, measure }: ChartPicture): PlacedItem[][] {
  const rows: PlacedItem[][] = [[]];
  let left = MARGIN;
  for (const item of legend) {
    const label = SWATCH + 6 + measure(item.label) + 6;
    const wide = label + measure(item.value);
    if (left > MARGIN && left + wide > PICTURE_WIDTH - MARGIN) {
      rows.push([]);
      left = MARGIN;
    }
    rows.at(-1)?.push({ item, left, valueAt: left + label });
    left += wide + LEGEND_GAP;
  }
  return rows;
}

function legendItem({ item, left, valueAt }: PlacedItem, top: number, colours: ChartPicture['colours']): string {
  const { mark, colour, label, value } = item;
  const swatch =
    mark === 'cross'
      ? path(`M${n(left + 1.5)} ${n(top + 3.5)}l7 7m0-7l-7 7`, { fill: null, stroke: colour, width: 2.2 })
      : mark === 'bar'
        ? rect(left, top + 2, SWATCH, SWATCH, colour)
        : rect(left, top + 6, SWATCH, 2.5, colour);
  return [
    swatch,
    text(left + SWATCH + 6, top + 11, label, colours.text),
    text(valueAt, top + 11, value, colours.ink, 'font-weight="600"'),
  ].join('');
}

/** As on the screen: aslant when Holdfast was not running, level when the machine slept. */
const hatching = (colour: string): string =>
  `<pattern id="away" width="${HATCH}" height="${HATCH}" patternUnits="userSpaceOnUse"><path d="M0 ${HATCH}L${HATCH} 0" stroke="${escaped(colour)}" opacity="0.35"/></pattern>` +
  `<pattern id="asleep" width="${HATCH}" height="${HATCH}" patternUnits="userSpaceOnUse"><path d="M0 ${HATCH / 2}h${HATCH}" stroke="${escaped(colour)}" opacity="0.35"/></pattern>`;

const text = (x: number, y: number, said: string, colour: string, more = ''): string =>
  `<text x="${n(x)}" y="${n(y)}" fill="${escaped(colour)}"${more === '' ? '' : ` ${more}`}>${escaped(said)}</text>`;

const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${escaped(fill)}"/>`;

interface PathLook {
  readonly fill: string | null;
  readonly stroke: string | null;
  readonly width: number;
  readonly dash?: readonly number[];
}

const path = (d: string, { fill, stroke, width, dash = [] }: PathLook): string =>
  d === ''
    ? ''
    : `<path d="${d}" fill="${escaped(fill ?? 'none')}"${stroke === null ? '' : ` stroke="${escaped(stroke)}" stroke-width="${width}"`}${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}/>`;

/** A tenth of a pixel is fine enough. */
const n = (value: number): string => String(Math.round(value * 10) / 10);

/** XML has no way to write most control characters, and half of a surrogate pair is no text. */
const escaped = (said: string): string =>
  said
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
