/** Words for sessions, clients and their processes that every view uses. */
export const WORDS = {
  'words.status.active': 'Active',
  'words.status.idle': 'Idle',
  'words.status.disconnected': 'Disconnected',
  'words.status.expired': 'Expired',
  'words.status.closed': 'Closed',
  'words.status.active.meaning': 'The client is connected and used the session in the last minute.',
  'words.status.idle.meaning': 'The client is connected but quiet.',
  'words.status.disconnected.meaning': 'The client is gone. It can come back to this session.',
  'words.status.expired.meaning': 'The client stayed away too long. The session is over.',
  'words.status.closed.meaning': 'The session was ended on purpose.',

  'words.client.other': 'Other',
  'words.process': 'Process {pid}',
  'words.process.aside': 'process {pid}',
  'words.process.in_folder': '{folder}, process {pid}',
  'words.process.of': '{name}, process {pid}',
  'words.process.of_in_folder': '{name} in {folder}, process {pid}',
  'words.session.in_folder': '{name} in {folder}',

  'words.new_process.new_session': 'New session',
  'words.new_process.last_session': 'Last of folder',

  'words.cause.resumed': 'Came back',
  'words.cause.restored': 'Holdfast restarted',
  'words.cause.reinitialized': 'Client started over',
  'words.cause.token': 'By token',
  'words.cause.resumed.meaning': 'The client used its old session id again.',
  'words.cause.restored.meaning': 'Holdfast had restarted, and the client continued with its old session id.',
  'words.cause.reinitialized.meaning': 'The client started over in time and got its session back.',
  'words.cause.token.meaning': 'The client presented its reconnect token.',

  'words.flag.flapping': 'Flapping',
  'words.flag.flapping.meaning': '5 or more reconnects within 10 minutes',
  'words.flag.degraded': 'Degraded',
  'words.flag.degraded.meaning': 'Calls work, but the push stream is lost',
  'words.flag.probe': 'Probe',
  'words.flag.probe.meaning': 'Connected but never used; not counted',

  'words.theme.system': 'System',
  'words.theme.light': 'Light',
  'words.theme.dark': 'Dark',
} as const;
