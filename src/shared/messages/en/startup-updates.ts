/** The sections of Settings about starting at login and about newer versions. */
export const STARTUP_UPDATES = {
  'startup.title': 'Start at login',
  'startup.label': 'Start Holdfast at login',
  'startup.help': 'Your system starts Holdfast when you log in, with its tray icon and without its window.',
  'startup.switch': 'Start at login',
  'startup.no_tray':
    'This desktop shows no tray icons, as GNOME does without an extension. The way back to the window is the launcher: start Holdfast again.',
  'updates.title': 'Updates',
  'updates.label': 'Look for updates',
  'updates.help':
    'Once a day, Holdfast reads one signed file at the address below. Nothing is downloaded or installed, and the request says nothing about you.',
  'updates.switch': 'Look for updates once a day',
  'updates.no_key': 'This build checks for no updates: it has no release key.',
  'updates.address': 'Address for updates',
  'updates.address.help': 'Where the signed file is: https://, or http:// on this computer.',
  'updates.address.save': 'Save address',
  'updates.address.needed': 'Enter an address first.',
  'updates.version': 'Version',
  'updates.version.help': 'Updating this installation:',
  'updates.check': 'Check now',
  'updates.checking': 'Checking',
  'updates.newer': 'Holdfast {version} is available; this is {current}.',
  'updates.changes': 'New in it:',
  'updates.newest': '{current} is the newest. Checked {time}.',
  'updates.failed': 'Checked {time}:',
  'updates.never': '{current}. Not checked yet.',
  'updates.unchecked': '{current}',
} as const;
