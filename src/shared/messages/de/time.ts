import type { TIME as EN } from '../en/time';
import type { Translated } from '../translated';

export const TIME: Translated<typeof EN> = {
  'time.now': 'jetzt',
  'time.ago': 'vor {length}',
  'time.in': 'in {length}',
  'time.last_minute': 'vor < 1 min',
  'time.unit.day': 'T',
  'time.unit.hour': 'h',
  'time.unit.minute': 'min',
  'time.unit.second': 's',
  'time.unit.millisecond': 'ms',
};
