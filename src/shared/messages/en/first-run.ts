/** The first steps in an empty Holdfast. */
export const FIRST_RUN = {
  'first_run.title': 'First steps',
  'first_run.skip': 'Skip',
  'first_run.done': 'Done',
  'first_run.step_done': 'Done:',
  'first_run.clients': 'Find your clients',
  'first_run.clients.about': 'Connect one, and it comes back to its session after every drop and restart.',
  'first_run.clients.other': 'Connect another client by hand',
  'first_run.servers': 'Bring your servers along',
  'first_run.servers.none': 'Other programs here have no servers. Add one in Servers at any time.',
  'first_run.servers.found':
    '{count, plural, one {# server} other {# servers}} of other programs can run behind Holdfast, for all clients.',
  'first_run.servers.here': '{count, plural, one {# server is} other {# servers are}} in Holdfast.',
  'first_run.servers.choose': 'Choose servers',
  'first_run.session': 'Watch the first session',
  'first_run.session.waiting': 'Use a tool in your client. Its session appears here at once.',
  'first_run.session.live': 'Session of <name></name>: {status}.',
  'first_run.session.open': 'Open it',
  'first_run.startup': 'Start Holdfast when I log in',
  'first_run.startup.about': 'Without its window. Settings can change it.',
  'first_run.empty': 'No sessions yet',
  'first_run.empty.about': 'Connect a client; its sessions appear here.',
} as const;
