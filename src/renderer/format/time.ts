import { locale, t } from '../../shared/messages/language';
import { DAY, HOUR, MINUTE, type Ms, SECOND } from '../../shared/model/units';

// The 24-hour clock in every locale: times are compared with log lines, and columns of them stay narrow.
const hourCycle = 'h23';
const LOCALE = locale();
const dateTime = new Intl.DateTimeFormat(LOCALE, {
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle,
});
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle });
const shortClock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', hourCycle });
const day = new Intl.DateTimeFormat(LOCALE, { weekday: 'short', day: 'numeric', month: 'short' });

/** `22 Nov 2026, 21:20:03`, in local time and the user's locale. */
export const formatDateTime = (at: Ms): string => dateTime.format(at);
/** `21:20:03` */
export const formatClock = (at: Ms): string => clock.format(at);
/** `21:20` */
export const formatShortClock = (at: Ms): string => shortClock.format(at);
/** `Sun 22 Nov` */
export const formatDay = (at: Ms): string => day.format(at);

const UNITS: readonly (readonly [Ms, string])[] = [
  [DAY, t('time.unit.day')],
  [HOUR, t('time.unit.hour')],
  [MINUTE, t('time.unit.minute')],
  [SECOND, t('time.unit.second')],
];

/**
 * A length of time in at most two neighbouring units: `320 ms`, `3 s`, `2 min 5 s`, `1 h`, `2 d 3 h`. Rounded down, so that
 * nothing ever seems to have lasted longer than it did.
 */
export function formatDuration(ms: Ms): string {
  const length = Math.max(0, Math.floor(ms));
  if (length < SECOND) return `${length} ${t('time.unit.millisecond')}`;
  const first = UNITS.findIndex(([unit]) => length >= unit);
  const [unit, name] = UNITS[first] ?? [SECOND, t('time.unit.second')];
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((length % unit) / next[0]) : 0;
  const whole = `${Math.floor(length / unit)} ${name}`;
  return next && rest > 0 ? `${whole} ${rest} ${next[1]}` : whole;
}

/** One unit only, where space is tight: `3 s`, `2 min`, `5 h`, `3 d`. */
export function formatRoughly(ms: Ms): string {
  const length = Math.max(0, Math.floor(ms));
  const [unit, name] = UNITS.find(([size]) => length >= size) ?? [SECOND, t('time.unit.second')];
  return `${Math.floor(length / unit)} ${name}`;
}

/** How long ago `at` was: `now` below 5 s (or when clocks disagree), then `12 s ago`, `2 min ago`, `5 h ago`, `3 d ago`. */
export function formatAgo(at: Ms, now: Ms): string {
  const age = now - at;
  return age < 5 * SECOND ? t('time.now') : t('time.ago', { length: formatRoughly(age) });
}

/** How long until `at`: `in 12 s`; `now` when it is due. */
export function formatUntil(at: Ms, now: Ms): string {
  const left = at - now;
  return left < SECOND ? t('time.now') : t('time.in', { length: formatRoughly(left) });
}
