/** Times and lengths of time. */
export const TIME = {
  'time.now': 'now',
  'time.ago': '{length} ago',
  'time.in': 'in {length}',
  'time.last_minute': '< 1 min ago',
  'time.unit.day': 'd',
  'time.unit.hour': 'h',
  'time.unit.minute': 'min',
  'time.unit.second': 's',
  'time.unit.millisecond': 'ms',
} as const;
