import type { Migration } from './migration';

/** Steps of the latency histogram when this migration was released. */
const LATENCY_STEP_COUNT = 32;

/** The first schema. Times are integer ms UTC; JSON columns are checked. */
export const initial: Migration = {
  version: 1,
  name: '0001-initial',
  up(db) {
    db.exec(SESSIONS + EVENTS + STREAMS + SETTINGS + rollup('history_minute') + rollup('history_hour'));
  },
};

const SESSIONS = `
CREATE TABLE clients (
  client_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  policy TEXT NOT NULL CHECK (policy IN ('sessionful', 'stateless')),
  key_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  first_seen_at INTEGER,
  last_seen_at INTEGER
) STRICT;

CREATE TABLE mcp_sessions (
  session_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL,
  client_type TEXT NOT NULL,
  client_name TEXT NOT NULL,
  client_version TEXT NOT NULL,
  era TEXT NOT NULL CHECK (era IN ('sessionful', 'stateless')),
  protocol_version TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'idle', 'disconnected', 'expired', 'closed')),
  degraded INTEGER NOT NULL CHECK (degraded IN (0, 1)),
  flapping INTEGER NOT NULL CHECK (flapping IN (0, 1)),
  probe INTEGER NOT NULL CHECK (probe IN (0, 1)),
  created_at INTEGER NOT NULL,
  last_activity INTEGER NOT NULL,
  disconnected_at INTEGER,
  ended_at INTEGER,
  disconnect_reason TEXT,
  reconnect_count INTEGER NOT NULL CHECK (reconnect_count >= 0),
  last_reconnect_cause TEXT CHECK (last_reconnect_cause IN ('resumed', 'restored', 'reinitialized', 'token')),
  recent_reconnects TEXT NOT NULL CHECK (json_valid(recent_reconnects)),
  calls INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  recent_latencies TEXT NOT NULL CHECK (json_valid(recent_latencies)),
  reconnect_token_hash TEXT,
  reconnect_expires_at INTEGER,
  token_generation INTEGER NOT NULL,
  token_jti TEXT,
  token_iat INTEGER,
  previous_token_hash TEXT,
  token_rotated_at INTEGER,
  token_used_generation INTEGER NOT NULL,
  token_revoked_generation INTEGER NOT NULL,
  server_state TEXT
) STRICT;
CREATE INDEX mcp_sessions_token_hash ON mcp_sessions (reconnect_token_hash);
CREATE INDEX mcp_sessions_reconnect_count ON mcp_sessions (reconnect_count);
CREATE INDEX mcp_sessions_status ON mcp_sessions (status, last_activity);
CREATE INDEX mcp_sessions_client ON mcp_sessions (client_id, status);
CREATE INDEX mcp_sessions_lost ON mcp_sessions (disconnected_at) WHERE status = 'disconnected';
CREATE INDEX mcp_sessions_ended ON mcp_sessions (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX mcp_sessions_flapping ON mcp_sessions (flapping) WHERE flapping = 1;

CREATE TABLE transports (
  transport_id TEXT PRIMARY KEY,
  client_id TEXT NOT NULL,
  session_id TEXT REFERENCES mcp_sessions (session_id) ON DELETE CASCADE,
  era TEXT NOT NULL CHECK (era IN ('sessionful', 'stateless')),
  client_name TEXT NOT NULL,
  client_version TEXT NOT NULL,
  protocol_version TEXT NOT NULL,
  initialize_params TEXT NOT NULL CHECK (json_valid(initialize_params)),
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
CREATE INDEX transports_session ON transports (session_id, ended_at);
CREATE INDEX transports_unbound ON transports (created_at) WHERE session_id IS NULL;
CREATE INDEX transports_ended ON transports (ended_at) WHERE ended_at IS NOT NULL;
`;

const EVENTS = `
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  cause TEXT,
  payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT;
CREATE INDEX events_session ON events (session_id, seq);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_kind ON events (kind, at);
`;

const STREAMS = `
CREATE TABLE streams (
  stream_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('post', 'get')),
  request_ids TEXT NOT NULL CHECK (json_valid(request_ids)),
  created_at INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
  last_index INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX streams_session ON streams (session_id);
CREATE INDEX streams_created ON streams (created_at);

CREATE TABLE stream_messages (
  id INTEGER PRIMARY KEY,
  stream_id TEXT NOT NULL REFERENCES streams (stream_id) ON DELETE CASCADE,
  message_index INTEGER NOT NULL,
  message TEXT,
  at INTEGER NOT NULL,
  UNIQUE (stream_id, message_index)
) STRICT;
CREATE INDEX stream_messages_at ON stream_messages (at);
`;

const SETTINGS = `
CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE ui_tokens (
  token_hash TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
`;

const rollup = (table: string): string => `
CREATE TABLE ${table} (
  bucket_at INTEGER PRIMARY KEY,
  resumed INTEGER NOT NULL DEFAULT 0,
  restored INTEGER NOT NULL DEFAULT 0,
  reinitialized INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  rejected INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL DEFAULT 0,
  disconnected INTEGER NOT NULL DEFAULT 0,
  calls INTEGER NOT NULL DEFAULT 0,
  errors INTEGER NOT NULL DEFAULT 0,
  down_ms INTEGER NOT NULL DEFAULT 0,
  live_ms INTEGER NOT NULL DEFAULT 0,
  live_peak INTEGER NOT NULL DEFAULT 0,
  observed_ms INTEGER NOT NULL DEFAULT 0,
${Array.from({ length: LATENCY_STEP_COUNT }, (_, step) => `  latency_${step} INTEGER NOT NULL DEFAULT 0`).join(',\n')}
) STRICT, WITHOUT ROWID;
`;
