import { HoldfastError } from '../../shared/errors';
import { DAY, HOUR, MINUTE, type Ms } from '../../shared/model/units';

const UNITS: Readonly<Record<string, Ms>> = { m: MINUTE, h: HOUR, d: DAY };

/** How `--from` and `--to` are explained. */
export const TIME_HELP = 'as 30m, 2h or 1d before now, or as 2026-11-26T05:30 in local time (with Z: UTC)';

/**
 * The time that an option names, in milliseconds since the Unix epoch; undefined without the option.
 * @throws HoldfastError `invalid_input`
 */
export function timeOption(name: string, text: string | undefined, now: Ms): Ms | undefined {
  if (text === undefined) return undefined;
  const [, count = '', unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const before = UNITS[unit];
  const at = before !== undefined ? now - Number(count) * before : isDate(text) ? Date.parse(text) : Number.NaN;
  if (at >= 0) return at;
  throw new HoldfastError('invalid_input', `--${name} is a time, ${TIME_HELP}.`);
}

/** Only what begins with a whole date: `Date.parse` would make a time out of many a word. */
const isDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:?\d{2})?)?$/.test(text);
