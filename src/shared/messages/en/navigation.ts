/** The frame around the views. */
export const NAVIGATION = {
  'navigation.label': 'Views',
  'navigation.overview': 'Overview',
  'navigation.sessions': 'Sessions',
  'navigation.servers': 'Servers',
  'navigation.history': 'History',
  'navigation.activity': 'Activity',
  'navigation.connect': 'Connect',
  'navigation.settings': 'Settings',
  'navigation.diagnostics': 'Diagnostics',
  'navigation.attached': 'active or idle',
  'navigation.attention': '{count, plural, one {# thing} other {# things}} to look at',
} as const;
