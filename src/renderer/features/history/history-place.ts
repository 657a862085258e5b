import type { History, HistoryRange } from '../../../shared/contract/history';
import type { Ms } from '../../../shared/model/units';
import type { Span } from '../../charts/chart-spec';

export const RANGES: readonly HistoryRange[] = ['1h', '24h', '7d', '30d'];
/** Fewer buckets than this do not make a chart. */
const LEAST_BUCKETS = 4;

/** What the history view shows; all of it lives in the URL. */
export interface HistoryPlace {
  readonly range: HistoryRange;
  /** The stretch zoomed in on; null for the whole range. */
  readonly zoom: Span | null;
  readonly table: boolean;
  /** Start of the bucket whose events are listed; null for everything in view. */
  readonly picked: Ms | null;
}

type Params = Readonly<Record<string, string>>;

/** Reads the parameters of the route; ignores what makes no sense. */
export function readPlace(params: Params): HistoryPlace {
  const range = RANGES.find((one) => one === params.range) ?? '24h';
  const from = time(params.from);
  const to = time(params.to);
  return {
    range,
    zoom: from !== null && to !== null && from < to ? { from, to } : null,
    table: params.show === 'table',
    picked: time(params.at),
  };
}

/** The parameters of a place; empty ones are dropped from the URL. */
export const placeParams = ({ range, zoom, table, picked }: HistoryPlace): Record<string, string> => ({
  range,
  from: zoom ? String(zoom.from) : '',
  to: zoom ? String(zoom.to) : '',
  show: table ? 'table' : '',
  at: picked === null ? '' : String(picked),
});

function time(text: string | undefined): Ms | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/**
 * The part of a history that a zoom shows: moved inside the history, aligned to buckets, at least four of them.
 *
 * @returns null when that is the whole history
 */
export function fitZoom(history: History, zoom: Span | null): Span | null {
  if (!zoom) return null;
  const { from, to, bucket_ms: bucket } = history;
  const whole = to - from;
  const size = Math.max(LEAST_BUCKETS * bucket, Math.round((zoom.to - zoom.from) / bucket) * bucket);
  if (size >= whole) return null;
  const start = from + Math.round((zoom.from - from) / bucket) * bucket;
  const first = Math.min(to - size, Math.max(from, start));
  return { from: first, to: first + size };
}

export const MOVES = ['earlier', 'later', 'in', 'out'] as const;
export type Move = (typeof MOVES)[number];

/**
 * The view after a press of a zoom button: `earlier` and `later` move by half a view, `in` and `out` halve and double it
 * around its middle.
 */
export function moveZoom(history: History, zoom: Span | null, move: Move): Span | null {
  const { from, to } = zoom ?? history;
  if (move === 'in' && to - from <= LEAST_BUCKETS * history.bucket_ms) return zoom;
  const half = (to - from) / 2;
  const moved: Record<Move, Span> = {
    earlier: { from: from - half, to: to - half },
    later: { from: from + half, to: to + half },
    in: { from: from + half / 2, to: to - half / 2 },
    out: { from: from - half, to: to + half },
  };
  return fitZoom(history, moved[move]);
}

/** Whether a step would change anything. */
export function canMove(history: History, zoom: Span | null, move: Move): boolean {
  const next = moveZoom(history, zoom, move);
  return next?.from !== zoom?.from || next?.to !== zoom?.to;
}
