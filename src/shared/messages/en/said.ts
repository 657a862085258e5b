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
  'place.data': 'Data folder',
  'place.servers': 'Servers',
  'place.log': 'Log',
  'place.backups': 'Backups',
  'place.dumps': 'Crash dumps',
} as const;
