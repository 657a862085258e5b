/** Numbers with their units. */
export const NUMBER = {
  'number.milliseconds': '{value} ms',
  'number.seconds': '{value} s',
  'number.kilobytes': '{value} kB',
  'number.megabytes': '{value} MB',
  'number.gigabytes': '{value} GB',
} as const;
