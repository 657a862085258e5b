/** How every picture looks: the colours and the font of the window. */
export interface PictureLook {
  /** CSS colours, written out. */
  readonly colours: Readonly<Record<'background' | 'ink' | 'text' | 'grid' | 'axis' | 'gap', string>>;
  readonly font: string;
  /** Width of a text of 12 pixels, in pixels. */
  measure(text: string): number;
}

/** One entry of a picture's legend. */
export interface PictureKey {
  readonly label: string;
  readonly value: string;
  /** Draws what the label stands for, in a box of {@link LINE} pixels height; it may be `swatchWidth` wide. */
  swatch(left: number, top: number): string;
  readonly swatchWidth: number;
}

/** What stands above the drawing. */
export interface PictureHead {
  readonly title: string;
  /** The time that it shows, in words. */
  readonly when: string;
  /** What it shows, in words. */
  readonly summary?: string;
  readonly legend: readonly PictureKey[];
}

/** A drawing that needs nothing else. Sizes are in pixels. */
export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export const PICTURE_WIDTH = 960;
export const MARGIN = 24;
export const LINE = 22;
const INSIDE = PICTURE_WIDTH - 2 * MARGIN;
const KEY_GAP = 18;
const LABEL_GAP = 6;

/**
 * A picture as SVG: title, time, words and legend on a background, and below them what is drawn.
 * @param height - of the drawing
 * @param draw - the drawing, from `top` on
 */
export function svgPicture(
  head: PictureHead,
  look: PictureLook,
  height: number,
  draw: (top: number) => readonly string[],
): Picture {
  const { title, when, summary = '', legend } = head;
  const { colours, measure } = look;
  const rows = legendRows(legend, measure);
  const lines = summary === '' ? [] : wrapped(summary, INSIDE, measure);
  const legendTop = MARGIN + LINE * (2 + lines.length);
  const top = legendTop + rows.length * LINE + 14;
  const whole = top + height + MARGIN;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${PICTURE_WIDTH}" height="${whole}" viewBox="0 0 ${PICTURE_WIDTH} ${whole}" font-family="${escaped(look.font)}" font-size="12">`,
    `<title>${escaped(`${title}, ${when}`)}</title>`,
    `<rect width="100%" height="100%" fill="${escaped(colours.background)}"/>`,
    text(MARGIN, MARGIN + 12, title, colours.ink, 'font-size="16" font-weight="600"'),
    ...[when, ...lines].map((line, index) => text(MARGIN, MARGIN + LINE * (index + 1) + 12, line, colours.text)),
    ...rows.flatMap((row, index) => row.map((placed) => legendKey(placed, legendTop + LINE * index, colours))),
    ...draw(top),
    '</svg>',
  ].join('\n');
  return { svg: `${svg}\n`, width: PICTURE_WIDTH, height: whole };
}

/** A text in lines of at most this width; a longer word has a line to itself. */
function wrapped(said: string, width: number, measure: PictureLook['measure']): string[] {
  const lines: string[] = [];
  for (const word of said.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && measure(`${line} ${word}`) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface PlacedKey {
  readonly key: PictureKey;
  readonly left: number;
  /** Where its value begins. */
  readonly valueAt: number;
}

/** The legend in as many rows as it takes. */
function legendRows(legend: readonly PictureKey[], measure: PictureLook['measure']): PlacedKey[][] {
  const rows: PlacedKey[][] = [[]];
  let left = MARGIN;
  for (const key of legend) {
    const label = key.swatchWidth + LABEL_GAP + measure(key.label) + LABEL_GAP;
    const wide = label + measure(key.value);
    if (left > MARGIN && left + wide > PICTURE_WIDTH - MARGIN) {
      rows.push([]);
      left = MARGIN;
    }
    rows.at(-1)?.push({ key, left, valueAt: left + label });
    left += wide + KEY_GAP;
  }
  return rows;
}

const legendKey = ({ key, left, valueAt }: PlacedKey, top: number, colours: PictureLook['colours']): string =>
  [
    key.swatch(left, top),
    text(left + key.swatchWidth + LABEL_GAP, top + 11, key.label, colours.text),
    text(valueAt, top + 11, key.value, colours.ink, 'font-weight="600"'),
  ].join('');

/** Lines aslant, for time of which nothing is known: `url(#id)`. */
export const hatching = (id: string, size: number, colour: string, opacity: number): string =>
  `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse"><path d="M0 ${size}L${size} 0" stroke="${escaped(colour)}" opacity="${opacity}"/></pattern>`;

/** Level lines, for time in which the machine slept: `url(#id)`. */
export const ruling = (id: string, size: number, colour: string, opacity: number): string =>
  `<pattern id="${id}" width="${size}" height="${size}" patternUnits="userSpaceOnUse"><path d="M0 ${size / 2}h${size}" stroke="${escaped(colour)}" opacity="${opacity}"/></pattern>`;

export const text = (x: number, y: number, said: string, colour: string, more = ''): string =>
  `<text x="${n(x)}" y="${n(y)}" fill="${escaped(colour)}"${more === '' ? '' : ` ${more}`}>${escaped(said)}</text>`;

export const END = 'text-anchor="end"';
export const MIDDLE = 'text-anchor="middle"';

/** Of a shape. */
interface Look {
  readonly fill: string | null;
  readonly stroke: string | null;
  readonly width: number;
  readonly dash?: readonly number[];
}

const NO_LINE = { stroke: null, width: 0 } as const;

export const rect = (x: number, y: number, width: number, height: number, fill: string, more = ''): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${escaped(fill)}"${more === '' ? '' : ` ${more}`}/>`;

export const path = (d: string, { fill, stroke, width, dash = [] }: Look): string =>
  d === ''
    ? ''
    : `<path d="${d}" fill="${escaped(fill ?? 'none')}"${stroke === null ? '' : ` stroke="${escaped(stroke)}" stroke-width="${width}"`}${dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : ''}/>`;

/** A path that is filled and has no line. */
export const area = (d: string, fill: string | null): string => path(d, { fill, ...NO_LINE });

/** A tenth of a pixel is fine enough. */
export const n = (value: number): string => String(Math.round(value * 10) / 10);

/** XML has no way to write most control characters, and half of a surrogate pair is no text. */
export const escaped = (said: string): string =>
  said
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|\p{Cs}/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
