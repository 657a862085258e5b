import type { TIME as EN } from '../en/time';
import type { Translated } from '../translated';

export const TIME: Translated<typeof EN> = {
  'time.now': 'jetzt',
  'time.ago': 'vor {length}',
  'time.in': 'in {length}',
  'time.unit.day': 'T',
  'time.unit.hour': 'Std.',
  'time.unit.minute': 'Min.',
  'time.unit.second': 's',
};
