/** The state of everything in one sentence: at the top of the window, and in the tray. */
export const HEALTH = {
  'health.label': 'Health',
  'health.loading': 'Loading sessions…',
  'health.unreachable': 'Holdfast cannot be reached.',
  'health.lost': 'Connection to Holdfast lost.',
  'health.lost.age': 'Data is {age} old.',
  'health.lost.retrying': 'Retrying.',
  'health.also': 'Also: {sentences}',

  'health.reused': 'A used reconnect token of {name} was presented again.',
  'health.reused.detail': 'All tokens of that session were revoked. Somebody may have copied one.',
  'health.flapping': '{count, plural, one {{name} keeps dropping.} other {# sessions keep dropping.}}',
  'health.flapping.detail': 'Five or more reconnects within ten minutes. The timeline shows what broke each time.',
  'health.down':
    '{count, plural, one {{state, select, broken {Server “{name}” can’t start: its entry is broken.} other {Server “{name}” is down.}}} other {# servers are down.}}',
  'health.down.detail': '{names}. Sessions stay alive; calls to these servers fail.',
  'health.login': '{count, plural, one {{name} needs a login.} other {# servers need a login.}}',
  'health.login.detail':
    '{names}. {held, plural, =0 {Calls to them wait.} one {# call is waiting.} other {# calls are waiting.}}',
  'health.unconfirmed':
    '{count, plural, one {Server “{name}” is waiting for your approval.} other {# servers are waiting for your approval.}}',
  'health.unconfirmed.detail': 'A server is used only after you have reviewed it once.',

  'health.failing':
    '{count, number} calls of {name} of {server} {how, select, timed_out {timed out} lost {got no answer} other {failed}} in the last hour.',
  'health.failing.detail': 'Of {of, plural, one {# call} other {# calls}}. Last: {error}',
  'health.failing.detail_no_error': 'Of {of, plural, one {# call} other {# calls}}.',

  'health.first_request':
    '{count, plural, one {Waiting for the first request from {name}.} other {Waiting for the first request from # clients.}}',
  'health.first_request.detail': 'Start the client, or check its settings.',
  'health.no_session': 'No session is running.',
  'health.no_session.detail': 'A session starts when one of your clients makes its first call.',
  'health.no_client': 'No client is connected yet.',
  'health.no_client.detail': 'Give your MCP client a key and Holdfast’s address, and its sessions appear here.',

  'health.degraded': '{count, plural, one {{name} lost the push stream.} other {# sessions lost the push stream.}}',
  'health.degraded.detail': 'Calls work. Messages from servers wait until the client reopens its stream.',
  'health.waiting':
    '{count, number} of {all, plural, one {# session} other {# sessions}} {count, plural, one {is waiting for its client to return.} other {are waiting for their client to return.}}',
  'health.all_waiting':
    'No client is connected: {count, number} of {all, plural, one {# session} other {# sessions}} {count, plural, one {is waiting for its client to return.} other {are waiting for their client to return.}}',
  'health.waiting.detail':
    'Returning clients resume where they left off. Sessions wait {hours, plural, one {# hour} other {# hours}}, counting only the time that Holdfast runs.',
  'health.no_tools': 'Your client is connected but has no tools.',
  'health.no_tools.detail': 'No server is set up. Add one, or import the servers that your other programs have.',
  'health.good': '{count, plural, one {Your session is connected.} other {All # sessions are connected.}}',
  'health.good.detail':
    '{count, plural, =0 {No client had to reconnect in the last 24 hours.} one {# reconnect in the last 24 hours, back in its own session.} other {# reconnects in the last 24 hours, each back in its own session.}}',

  'health.do.show_calls': 'Show the calls',
  'health.do.show_sessions': 'Show them',
  'health.do.open_session': 'Open the session',
  'health.do.show_servers': '{count, plural, one {Open the server} other {Show the servers}}',
  'health.do.add_servers': 'Add servers',
  'health.do.show_settings': 'Show the settings',
  'health.do.connect': 'Connect a client',
  'health.do.connect_another': 'Connect another client',
} as const;
