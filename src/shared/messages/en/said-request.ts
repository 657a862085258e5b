/** Why something that was asked for in the window was refused. */
export const SAID_REQUEST = {
  'said.recording.most': 'Of at most {most} servers contents are recorded at a time.',
  'said.tool.not_changed': 'The server "{server}" has no changed tool "{tool}".',
  'said.again.impossible': 'No calls can be made here.',
  'said.again.not_again': 'This call cannot be made again.',
  'said.again.confirm': 'Confirm the call: its tool is not marked as one that changes nothing.',
  'said.doctor.no_file': 'There is no endpoint.json in the data folder. Restart Holdfast.',
  'said.bundle.times': 'The time ends before it begins: `from` must be before `to`.',
  'said.bundle.no_file': 'There is no such file in this bundle.',
  'said.bundle.gone': 'This bundle is gone: it was kept for ten minutes, or a newer one replaced it. Make it again.',
  'said.demo.slow': 'The demo client did not connect in time.',
  'said.demo.not_started': 'The demo client cannot be started: {reason}.',
  'said.demo.ended': 'The demo client ended before it was connected.',
  'said.demo.not_connected': 'The demo client could not connect.',
  'said.demo.stops': 'Holdfast stops.',
  'said.set.rules': 'More than {most} things would be hidden one by one. Hide whole servers instead.',
  'said.set.sets': 'There can be {most} sets. Delete one first.',
  'said.set.parts': 'A set can have {most} parts. Put in whole servers.',
  'said.handover.no_tool':
    'The session is at the address of one server, where no tool takes an invitation. Let it wait for the next connection.',
  'said.handover.no_sharing':
    'Only clients with MCP sessions can share the servers of a session: without, all chats of a client would be asked, or none.',
  'said.handover.shared_already':
    'That client has no MCP sessions: all its chats share this session already. Choose another client, or another session.',
  'said.handover.in_use':
    'That client has no MCP sessions, and uses a session of its own at this address, which all its chats share. Make an invitation, which its chat takes up knowingly; or end that session first.',
  'said.input.no_name': 'give the client a name',
  'said.input.patience': 'a client waits a day at most',
  'said.input.webhook_length': 'the address of the webhook has at most 2048 characters',
  'said.input.webhook':
    'give an https:// address, or an http:// address of this machine, without a name or password in it',
  'said.input.time_of_day': 'write a time of day as 22:30',
  'said.input.header': 'is not the name of a header',
  'said.input.too_late': 'give a time before the year 275760, in milliseconds since 1970',
  'said.input.nothing': 'name what to show or hide',
  'said.input.part': 'give both kind and name, or neither for the whole server',
  'said.input.invalid': 'the input is not valid',
  'said.window.no_method': 'There is no method "{method}".',
} as const;
