import { DAY, type Ms } from '../../shared/model/units';
import { formatDay, formatShortClock } from '../format/time';

/** Labels of the time axis: the clock within a day, the day at midnight and where a step is a day or more. */
export function timeLabels(splits: readonly Ms[], step: Ms): string[] {
  return splits.map((at) => (step >= DAY || isMidnight(at) ? formatDay(at) : formatShortClock(at)));
}

function isMidnight(at: Ms): boolean {
  const date = new Date(at);
  return date.getHours() === 0 && date.getMinutes() === 0;
}

/** `Sun 22 Nov, 14:00 – 14:15`: from when to when a bucket goes. */
export const spanWords = (from: Ms, to: Ms): string =>
  `${formatDay(from)}, ${formatShortClock(from)} – ${sameDay(from, to) ? '' : `${formatDay(to)}, `}${formatShortClock(to)}`;

/** Whether a span that ends at `to` lies within the day of `from`; midnight ends a day. */
const sameDay = (from: Ms, to: Ms): boolean => new Date(from).toDateString() === new Date(to - 1).toDateString();
