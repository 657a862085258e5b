/** The overview. */
export const OVERVIEW = {
  'overview.label': 'Overview',
  'overview.notices': 'Notices',
  'overview.notice.link':
    'The link that was opened leads to no place in Holdfast. A link can open a view, a session or a server.',
  'overview.by_status': 'Sessions by status',
  'overview.sessions': 'Open sessions',
  'overview.sessions.count': '{count, plural, one {# open session} other {# open sessions}}',
  'overview.sessions.all': 'Show all {count, number}',
  'overview.sessions.none': 'No sessions right now',
  'overview.sessions.none.text': 'A session appears here when a client makes its first call.',
  'overview.reconnects': 'Reconnects and disconnects in the last 24 hours',
  'overview.history': 'History',

  'overview.servers': '{count, plural, one {# server} other {# servers}}',
  'overview.servers.running': '{count, number} running',
  'overview.servers.starting': '{count, number} starting',
  'overview.servers.stopped': '{count, number} not in use',
  'overview.servers.attention': '{count, plural, one {# needs attention} other {# need attention}}',
  'overview.servers.off': '{count, number} off',
  'overview.servers.memory': '{memory} memory',
  'overview.servers.memory.meaning': 'Memory of all their processes',
} as const;
