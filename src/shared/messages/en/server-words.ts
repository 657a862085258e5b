/** What servers are called, and the sentences about the state of one. The command line uses the plain ones of them. */
export const SERVER_WORDS = {
  'server.older_transport': 'older transport (SSE)',
  'server.state.broken': 'Broken entry',
  'server.state.disabled': 'Off',
  'server.state.untrusted': 'Not confirmed',
  'server.state.needs_login': 'Needs a login',
  'server.state.stopped': 'Not running',
  'server.state.starting': 'Starting',
  'server.state.running': 'Running',
  'server.state.waiting': 'Retrying',
  'server.state.circuit_open': 'Paused',
  'server.state.failed': 'Failed',

  'server.policy.per-session': 'Per session',
  'server.policy.shared': 'Shared',
  'server.policy.lazy': 'On demand',
  'server.policy.per-session.means':
    'Each session gets a process of its own. Nothing leaks from one chat into another.',
  'server.policy.shared.means': 'One process for all sessions, always running. Chats share its state.',
  'server.policy.lazy.means': 'One process for all sessions, started on first use and stopped when nobody needs it.',

  'server.sentence.error': '<said>{error}</said>',
  'server.sentence.login': '{sentence}',
  'server.sentence.broken': 'The entry in the file cannot be used.',
  'server.sentence.disabled': 'Switched off. Not running, and hidden from clients.',
  'server.sentence.untrusted_command': 'Not confirmed yet. Check its command to let it run.',
  'server.sentence.untrusted_address': 'Not confirmed yet. Check its address: values stored here are sent there.',
  'server.sentence.changed_command':
    'Not confirmed yet. Check its command to let it run. Changed since you last confirmed it: <said>{changes}</said>.',
  'server.sentence.changed_address':
    'Not confirmed yet. Check its address: values stored here are sent there. Changed since you last confirmed it: <said>{changes}</said>.',
  'server.sentence.stopped': 'Not running.',
  'server.sentence.stopped_lazy': 'Not in use. Starts on its next use.',
  'server.sentence.stopped_process': 'Not in use. Starts when a session first needs it.',
  'server.sentence.stopped_address': 'Not in use. Connects when a session first needs it.',
  'server.sentence.starting': 'Starting its process.',
  'server.sentence.connecting': 'Connecting to its address.',
  'server.sentence.shared_process': 'Responding: one process for all sessions.',
  'server.sentence.shared_connection': 'Responding: one connection for all sessions.',
  'server.sentence.processes':
    'Responding: {count, plural, one {one process, for one session} other {# processes, one per session}}.',
  'server.sentence.connections':
    'Responding: {count, plural, one {one connection, for one session} other {# connections, one per session}}.',
  'server.sentence.failed': 'Failed.',
  'server.sentence.retry_on_use': '<said>{error}</said> Retried on its next use.',
  'server.sentence.retry_now':
    '<said>{error}</said> Retrying now ({attempt, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} try).',
  'server.sentence.retry_in':
    '<said>{error}</said> Retrying in <left>{wait}</left> ({attempt, selectordinal, one {#st} two {#nd} few {#rd} other {#th}} try).',
  'server.sentence.paused_until_use':
    'Paused after repeated failures. <said>{error}</said> Retried on its next use, after up to 30 s.',
  'server.sentence.paused_retry_now': 'Paused after repeated failures. <said>{error}</said> Retrying now.',
  'server.sentence.paused_retry_in':
    'Paused after repeated failures. <said>{error}</said> Retrying in <left>{wait}</left>.',

  'server.part.command': 'command',
  'server.part.arguments': 'arguments',
  'server.part.folder': 'folder',
  'server.part.address': 'address',
  'server.part.login': 'login',
  'server.part.client_id': 'client id',
  'server.part.private_key_file': 'private key file',
  'server.part.algorithm': 'algorithm',
  'server.part.authorization_server': 'authorization server',
  'server.part.client_metadata_document': 'client metadata document',
  'server.part.resource': 'resource',
  'server.part.scopes': 'scopes',
  'server.part.grant': 'grant',
  'server.part.other_issuers': 'other issuers',
  'server.part.client_secret': 'client secret',
  'server.part.private_key': 'private key',
  'server.part.always': 'always',
  'server.part.never': 'never',
  'server.part.accepted': 'accepted',
} as const;
