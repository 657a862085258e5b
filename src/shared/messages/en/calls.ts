/** Calls that run now, and those that became a handle. */
export const CALLS = {
  'calls.title': 'Running now',
  'calls.none': 'No call runs longer than a moment',
  'calls.count': '{count, plural, =0 {none} one {# call} other {# calls}}',
  'calls.handles': '{count, plural, one {# handle} other {# handles}}',
  'calls.waiting': '{count, plural, one {# answer waits} other {# answers wait}}',
  'calls.list': 'Calls that run now, and those that became a handle',
  'calls.export': 'Export the calls…',
  'calls.explained':
    'A call that lasts longer than its client waits is answered with a handle and goes on. The client fetches the answer with it, for 24 hours.',
  'calls.state.in_flight': 'Client waits',
  'calls.state.running': 'Handle, server works on it',
  'calls.state.answered': 'Handle, answer waits',
  'calls.state.fetched': 'Handle, answer fetched',
  'calls.state.gone': 'Handle, answer gone',
  'calls.state.cancelled': 'Cancelled',
  'calls.failed': 'with an error',
  'calls.progress': '{done, number} of {total, number}',
  'calls.cancel': 'Cancel',
  'calls.cancel.what': 'Cancel {what}',
} as const;
