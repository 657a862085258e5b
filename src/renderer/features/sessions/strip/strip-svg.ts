import { showInvisible } from '../../../../shared/visible-text';
import type { WindowLook } from '../../../charts/picture-look';
import {
  END,
  escaped,
  hatching,
  LINE,
  MARGIN,
  n,
  PICTURE_WIDTH,
  type Picture,
  type PictureKey,
  path,
  rect,
  ruling,
  svgPicture,
  text,
} from '../../../charts/svg-picture';
import { MARK_DRAWINGS, MARK_SIZE, type MarkKind, markKind } from './mark-shape';
import { marksIn, type Strip, type StripMark, type StripState, shownLanes } from './strip-model';

/** Everything that a picture of a strip shows, in words. */
export interface StripPicture {
  readonly title: string;
  readonly when: string;
  readonly summary: string;
  /** Names of the lanes: the client's, then the servers'. */
  readonly lanes: readonly string[];
  readonly states: readonly { readonly state: StripState; readonly label: string }[];
  readonly marks: readonly { readonly kind: MarkKind; readonly label: string; readonly count: string }[];
  /** What stands at both ends. */
  readonly ends: readonly [from: string, to: string];
}

const NAMES = 128;
const NAME_GAP = 8;
const LANE = 36;
const BAR = { top: 18, height: 12 };
const THIN = { top: 21, height: 6 };
const SWATCH = { width: 18, height: 10 };
const HATCH = 6;
const DASH = 'stroke-dasharray="4 3"';

/** The life of a session as an SVG drawing that needs nothing else, as the strip in the window shows it. */
export function stripSvg(strip: Strip, words: StripPicture, look: WindowLook): Picture {
  const { colour, colours } = look;
  const lanes = shownLanes(strip);
  const legend = [
    ...words.states.map(
      ({ state, label }): PictureKey => ({
        label,
        value: '',
        swatchWidth: SWATCH.width,
        swatch: (left, top) => stateBar(state, left, top + 2, SWATCH.width, SWATCH.height, colour),
      }),
    ),
    ...words.marks.map(
      ({ kind, label, count }): PictureKey => ({
        label,
        value: count,
        swatchWidth: MARK_SIZE,
        swatch: (left, top) => mark(kind, left + MARK_SIZE / 2, top + 1, colour),
      }),
    ),
  ];
  const height = LANE * (1 + lanes.length) + LINE;
  return svgPicture({ ...words, title: showInvisible(words.title), legend }, look, height, (top) => {
    const [left, right] = [MARGIN + NAMES, PICTURE_WIDTH - MARGIN];
    const x = (at: number) => left + ((at - strip.from) / (strip.to - strip.from)) * (right - left);
    const wide = (from: number, to: number) => Math.max(3, x(to) - x(from));
    const moments = (server: string | null, lane: number) =>
      marksIn(strip, server).map((one) =>
        mark(markKind(one.event), x(one.at) + aside(one), lane + 1, colour, colours.background),
      );
    const bottom = top + LANE * (1 + lanes.length);
    return [
      `<defs>${hatching('unknown', HATCH, colour('var(--line-strong)'), 0.7)}${ruling('asleep', 3, colour('var(--ended)'), 1)}</defs>`,
      ...words.lanes.map((name, index) => text(MARGIN, top + LANE * index + 28, cut(name, look.measure), colours.text)),
      ...strip.segments.map(({ from, to, state }) =>
        stateBar(state, x(from), top + BAR.top, wide(from, to), BAR.height, colour),
      ),
      ...moments(null, top),
      ...lanes.flatMap(({ server, spans }, index) => {
        const lane = top + LANE * (index + 1);
        return [
          ...spans.map(({ from, to, state }) =>
            state === 'up'
              ? rect(x(from), lane + THIN.top, wide(from, to), THIN.height, colour('var(--line-strong)'), 'rx="2"')
              : outlined(x(from), lane + BAR.top, wide(from, to), BAR.height, 'danger', colour, DASH),
          ),
          ...moments(server, lane),
        ];
      }),
      text(left, bottom + 16, words.ends[0], colours.axis),
      text(right, bottom + 16, words.ends[1], colours.axis, END),
    ];
  });
}

type Colour = WindowLook['colour'];

function stateBar(state: StripState, x: number, y: number, width: number, height: number, colour: Colour): string {
  switch (state) {
    case 'connected':
      return rect(x, y, width, height, colour('var(--active)'), 'rx="2"');
    case 'idle':
      return outlined(x, y, width, height, 'active', colour);
    case 'away':
      return outlined(x, y, width, height, 'disconnected', colour, DASH);
    case 'asleep':
      return rect(
        x,
        y,
        width,
        height,
        'url(#asleep)',
        `stroke="${escaped(colour('var(--ended)'))}" stroke-width="1.5"`,
      );
    case 'unknown':
      return rect(x, y, width, height, 'url(#unknown)');
    case 'over':
      return path(`M${n(x)} ${n(y + height / 2)}h${n(width)}`, {
        fill: null,
        stroke: colour('var(--ended)'),
        width: 1.5,
        dash: [1.5, 2],
      });
  }
}

/** A bar of a soft colour with a line of the strong one inside its edge. */
function outlined(
  x: number,
  y: number,
  width: number,
  height: number,
  name: 'active' | 'disconnected' | 'danger',
  colour: Colour,
  more = '',
): string {
  const line = `stroke="${escaped(colour(`var(--${name})`))}" stroke-width="1.5"${more === '' ? '' : ` ${more}`}`;
  const soft = colour(`var(--${name}-soft)`);
  return rect(x + 0.75, y + 0.75, Math.max(1, width - 1.5), height - 1.5, soft, `rx="2" ${line}`);
}

/** A mark around `x`, on a disc of the background where it lies over others. */
function mark(kind: MarkKind, x: number, y: number, colour: Colour, background?: string): string {
  const { d, isFilled, line, colour: said } = MARK_DRAWINGS[kind];
  const ink = escaped(colour(said));
  const half = MARK_SIZE / 2;
  const disc =
    background === undefined ? '' : `<circle cx="${half}" cy="${half}" r="${half + 1}" fill="${escaped(background)}"/>`;
  const stroke =
    line > 0 ? ` stroke="${ink}" stroke-width="${line}" stroke-linecap="round" stroke-linejoin="round"` : '';
  return `<g transform="translate(${n(x - half)} ${n(y)})">${disc}<path d="${d}" fill="${isFilled ? ink : 'none'}"${stroke}/></g>`;
}

/** A stop and the start that follows at once stand side by side. */
function aside({ event: { kind } }: StripMark): number {
  if (kind === 'server_stopped') return -0.4 * MARK_SIZE;
  return kind === 'server_started' ? 0.4 * MARK_SIZE : 0;
}

/** A name, or as much of its beginning as the column holds. */
function cut(name: string, measure: WindowLook['measure']): string {
  const fits = (text: string) => measure(text) <= NAMES - NAME_GAP;
  const seen = showInvisible(name);
  if (fits(seen)) return seen;
  const signs = [...seen];
  while (signs.length > 0 && !fits(`${signs.join('')}…`)) signs.pop();
  return `${signs.join('')}…`;
}
