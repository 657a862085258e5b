import { describe, expect, it } from 'vitest';
import { timeOption } from '#src/main/cli/time-option';
import { DAY, HOUR, MINUTE } from '#src/shared/model/units';

const NOW = Date.UTC(2026, 10, 26, 12);

describe('timeOption', () => {
  it.each([
    ['30m', NOW - 30 * MINUTE],
    ['2h', NOW - 2 * HOUR],
    ['1d', NOW - DAY],
    ['2026-11-26', Date.UTC(2026, 10, 26)],
    ['2026-11-26T05:30Z', Date.UTC(2026, 10, 26, 5, 30)],
    ['2026-11-26T05:30:10.5+01:00', Date.UTC(2026, 10, 26, 4, 30, 10, 500)],
    ['2026-11-26T05:30', new Date(2026, 10, 26, 5, 30).getTime()],
  ])('%s', (text, expected) => {
    expect(timeOption('from', text, NOW)).toBe(expected);
  });

  it('is undefined without the option', () => {
    expect(timeOption('from', undefined, NOW)).toBeUndefined();
  });

  it.each(['', 'soon', '3', 'May', '2026', '2026-13-01', '5y', '999999d', '-1h'])('refuses %j', (text) => {
    expect(() => timeOption('from', text, NOW)).toThrow(/--from is a time, as 30m/);
  });
});
