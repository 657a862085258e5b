import type { NUMBER as EN } from '../en/number';
import type { Translated } from '../translated';

export const NUMBER: Translated<typeof EN> = {
  'number.milliseconds': '{value} ms',
  'number.seconds': '{value} s',
  'number.kilobytes': '{value} kB',
  'number.megabytes': '{value} MB',
  'number.gigabytes': '{value} GB',
};
