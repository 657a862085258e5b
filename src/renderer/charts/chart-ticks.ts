import { DAY, HOUR, MINUTE, type Ms } from '../../shared/model/units';
import type { Span } from './chart-spec';

/** Steps of the time axis. */
export const TIME_STEPS: readonly Ms[] = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10].map((n) => n * DAY),
];

/**
 * Times to be marked, at even hours or days as clocks here show them, and the step between them.
 * @param most - so many marks at most
 */
export function timeTicks({ from, to }: Span, most: number): { step: Ms; ticks: Ms[] } {
  const step = TIME_STEPS.find((one) => (to - from) / one <= most) ?? 10 * DAY;
  const day = new Date(from);
  day.setHours(0, 0, 0, 0);
  const ticks: Ms[] = [];
  const days = Math.max(1, Math.round(step / DAY));
  // Day by day, since a day is longer or shorter where clocks are set.
  while (day.getTime() < to) {
    const start = day.getTime();
    day.setDate(day.getDate() + days);
    for (let at = start; at < day.getTime(); at += step) if (at >= from && at < to) ticks.push(at);
  }
  return { step, ticks };
}

/**
 * Values to be marked between the ends of an axis, at steps of 1, 2 or 5 times a power of ten.
 * @param whole - only whole numbers make sense
 */
export function valueTicks(low: number, high: number, most: number, whole: boolean): number[] {
  const rough = Math.max(Number.EPSILON, (high - low) / most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const fitting = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= rough * (1 - 1e-9)) ?? 10 * power;
  const step = whole ? Math.max(1, fitting) : fitting;
  const ticks: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) ticks.push(n === 0 ? 0 : n * step);
  return ticks;
}

/** The powers of ten between the ends of a logarithmic axis. */
export function decadeTicks(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let value = low; value <= high * (1 + 1e-9); value *= 10) ticks.push(value);
  return ticks;
}
