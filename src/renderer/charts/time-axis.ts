import { t } from '../../shared/messages/language';
import { DAY, type Ms } from '../../shared/model/units';
import { formatDay, formatShortClock } from '../format/time';

/** Labels of the time axis: the clock within a day; the day at midnight and for steps of a day or more. */
export function timeLabels(splits: readonly Ms[], step: Ms): string[] {
  return splits.map((at) => (step >= DAY || isMidnight(at) ? formatDay(at) : formatShortClock(at)));
}

function isMidnight(at: Ms): boolean {
  const date = new Date(at);
  return date.getHours() === 0 && date.getMinutes() === 0;
}

/** `Sun 22 Nov, 14:00 – 14:15`: the start and end of a bucket. */
export function spanWords(from: Ms, to: Ms): string {
  const ends = { day: formatDay(from), from: formatShortClock(from), to: formatShortClock(to) };
  return sameDay(from, to) ? t('charts.span', ends) : t('charts.span.days', { ...ends, last_day: formatDay(to) });
}

/** Whether a span ends on the day it starts; midnight belongs to the day that it ends. */
const sameDay = (from: Ms, to: Ms): boolean => new Date(from).toDateString() === new Date(to - 1).toDateString();
