import type { Server, ServerInstance } from '#src/shared/contract/server';
import { NO_LOGIN } from '#src/shared/model/no-login';
import { T0 } from './make';

/** A server that runs for nobody yet, with `change` applied. */
export const makeServer = (change: Partial<Server> = {}): Server => ({
  name: 'counter',
  transport: 'stdio',
  command: 'node',
  args: ['counter-server.mjs'],
  cwd: null,
  url: null,
  older_transport: false,
  env_names: [],
  env_values: {},
  header_names: [],
  header_values: {},
  oauth: null,
  policy: 'per-session',
  idle_stop_minutes: 60,
  enabled: true,
  trusted: true,
  changed_since_confirmed: [],
  fingerprint: 'f0',
  state: 'stopped',
  problem: null,
  instances: [],
  sessions_using: 0,
  running_calls: 0,
  restarts: 0,
  attempt: 0,
  last_error: null,
  last_error_at: null,
  next_try_at: null,
  stderr_tail: [],
  server_info: null,
  protocol_version: null,
  list_remarks: { shown: [], more: 0 },
  tool_changes: { changed: 0, unseen: 0, held: 0, version: false },
  lists: null,
  login: NO_LOGIN,
  ...change,
});

export const makeInstance = (change: Partial<ServerInstance> = {}): ServerInstance => ({
  instance_id: 'i_1',
  session_id: null,
  pid: 4_812,
  state: 'running',
  started_at: T0,
  restarts: 0,
  rss_bytes: 64_000_000,
  ...change,
});
