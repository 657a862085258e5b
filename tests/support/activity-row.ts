import type { NewActivity } from '#src/main/activity/activity-ports';

/** A call that went well, for tests to change what matters to them. */
export const ACTIVITY_ROW: NewActivity = {
  at: 1_000,
  session_id: 's_1',
  transport_id: 't_1',
  client_id: 'c_other',
  direction: 'to_server',
  kind: 'request',
  method: 'tools/call',
  name: 'search',
  server: 'tickets',
  instance_id: 'i_1',
  pid: 4711,
  duration_ms: 12.5,
  first_ms: 12.5,
  bytes_in: 10,
  bytes_out: 20,
  outcome: 'ok',
  error: null,
  error_code: null,
  held_ms: 0,
  repeated: false,
};
