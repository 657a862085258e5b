/** What an alert says, by its kind: in notifications, in Settings, and in English on the wire. */
export const ALERTS = {
  'alert.session_dropped': '{name} dropped and has not come back. Its session is waiting.',
  'alert.session_flapping': '{name} keeps dropping.',
  'alert.server_down':
    '{reason, select, broken_entry {Server “{name}” can’t start: its entry is broken.} other {Server “{name}” is down and does not come back by itself.}}',
  'alert.login_needed': 'Server “{name}” needs a login.',
  'alert.call_held':
    '{calls, plural, one {A call is waiting} other {# calls are waiting}} for a login to server “{name}”.',
  'alert.confirmation_needed': 'Server “{name}” is waiting for your approval.',
  'alert.tools_changed':
    'Server “{name}” changed {tools, plural, one {a tool that was used} other {# tools that were used}}.',
  'alert.holdfast_killed':
    'Holdfast was killed and is back. {sessions, plural, one {# session} other {# sessions}} and {servers, plural, one {# running server} other {# running servers}} were kept.',
} as const;
