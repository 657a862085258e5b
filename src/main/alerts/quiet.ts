import type { KeptAlertSettings, QuietHours } from '../../shared/contract/alert';
import type { Ms } from '../../shared/model/units';

/** Whether nothing is told now: paused, or within the quiet hours of this machine's time zone. */
export const isQuiet = ({ paused_until, quiet_hours }: KeptAlertSettings, now: Ms): boolean =>
  (paused_until !== null && now < paused_until) || (quiet_hours !== null && isWithin(quiet_hours, new Date(now)));

/** Hours that begin and end at the same time are none. */
function isWithin({ from, to }: QuietHours, at: Date): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const minute = at.getHours() * 60 + at.getMinutes();
  return start <= end ? start <= minute && minute < end : start <= minute || minute < end;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
