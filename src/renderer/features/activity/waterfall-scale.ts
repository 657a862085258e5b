import type { Activity } from '../../../shared/contract/activity';
import { DAY, HOUR, MINUTE, type Ms, SECOND } from '../../../shared/model/units';

/** The stretch of time that the waterfall spans, from left to right. */
export interface WaterfallScale {
  readonly from: Ms;
  readonly to: Ms;
  /** Between two lines. */
  readonly step: Ms;
}

/** Where the parts of a bar are, in parts of the whole width from 0 to 1. */
export interface WaterfallBar {
  readonly left: number;
  /** Waited for a login. */
  readonly held: number;
  /** Then until the first thing was sent back. */
  readonly waiting: number;
  /** Then until the outcome. */
  readonly rest: number;
}

/** More lines than that are a grey area. */
const MOST_STEPS = 5;
const DECADES = [1, 10, 100].flatMap((ten) => [ten, 2 * ten, 5 * ten]);
const STEPS: readonly Ms[] = [
  ...DECADES,
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 6, 12].map((n) => n * HOUR),
];

type Timed = Pick<Activity, 'at' | 'duration_ms'>;

/**
 * The scale on which these messages fit whole. It begins and ends at whole steps of the clock, so that it holds still while
 * messages of the same seconds come and go.
 *
 * @returns null without messages
 */
export function waterfallScale(rows: readonly Timed[]): WaterfallScale | null {
  if (rows.length === 0) return null;
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (const { at, duration_ms } of rows) {
    first = Math.min(first, at);
    last = Math.max(last, at + (duration_ms ?? 0));
  }
  const least = (last - first) / MOST_STEPS;
  const step = STEPS.find((one) => one >= least) ?? Math.ceil(least / DAY) * DAY;
  const from = Math.floor(first / step) * step;
  return { from, to: Math.max(from + step, Math.ceil(last / step) * step), step };
}

/** Where a message is on the scale: nothing is made longer than it was. */
export function waterfallBar(
  { at, duration_ms, first_ms, held_ms }: Pick<Activity, 'at' | 'duration_ms' | 'first_ms' | 'held_ms'>,
  { from, to }: WaterfallScale,
): WaterfallBar {
  const width = to - from;
  const whole = duration_ms ?? 0;
  const first = Math.min(whole, first_ms ?? whole);
  const held = Math.min(first, held_ms);
  const part = (ms: Ms) => Math.max(0, ms) / width;
  return { left: part(at - from), held: part(held), waiting: part(first - held), rest: part(whole - first) };
}
