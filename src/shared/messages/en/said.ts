/** Sentences that the main process says in English, on the wire as well. The window knows them and says them in its own language. */
export const SAID = {
  'said.port.own': 'Port {port} is the one that Holdfast has now.',
  'said.port.taken': 'Port {port} is taken by another program. Choose another port, or stop that program.',
  'said.port.reserved': 'Port {port} is reserved for administrators. Choose one from 1024 to 65535.',
  'said.port.free': 'Port {port} is free.',
  'said.secrets.keychain': 'Values and logins of servers are encrypted, with a key in the keychain of the system.',
  'said.secrets.files': 'Values and logins of servers are in files that only your user may read.',
  'said.secrets.files_chosen':
    'Values and logins of servers are in files that only your user may read, as HOLDFAST_SECRETS=file says.',
  'said.place.data': 'Data folder',
  'said.place.servers': 'Servers',
  'said.place.log': 'Log',
  'said.place.backups': 'Backups',
  'said.place.dumps': 'Crash dumps',
  'said.server.ended': 'Ended with code {code}.',
  'said.server.killed': 'Was killed by {signal}.',
  'said.server.no_command': 'The command "{command}" was not found. Install it, or give its full path.',
  'said.server.no_host': '{host} could not be found. Check the address or your network.',
  'said.server.refused': '{host} refuses connections: nothing listens there.',
  'said.server.no_answer': 'Did not answer {method} in time.',
} as const;
