CREATE TRIGGER stream_messages_removed AFTER DELETE ON stream_messages WHEN old.bytes > 0 BEGIN
  UPDATE streams SET bytes = bytes - old.bytes WHERE stream_id = old.stream_id;
END;

CREATE TABLE activity (
  activity_id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  session_id TEXT,
  transport_id TEXT,
  client_id TEXT,
  direction TEXT NOT NULL,
  kind TEXT NOT NULL,
  method TEXT NOT NULL,
  name TEXT,
  server TEXT,
  instance_id TEXT,
  pid INTEGER,
  duration_ms REAL,
  first_ms REAL,
  bytes_in INTEGER NOT NULL,
  bytes_out INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT,
  error_code INTEGER,
  held_ms INTEGER NOT NULL,
  repeated INTEGER NOT NULL
) STRICT;

CREATE TABLE activity_contents (
  activity_id INTEGER NOT NULL REFERENCES activity (activity_id) ON DELETE CASCADE,
  part TEXT NOT NULL,
  json TEXT,
  bytes INTEGER NOT NULL,
  cut INTEGER NOT NULL,
  masked INTEGER NOT NULL,
  at INTEGER NOT NULL,
  lived INTEGER NOT NULL,
  PRIMARY KEY (activity_id, part)
) STRICT;

CREATE TABLE client_patience (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  set_ms INTEGER,
  learned_ms INTEGER,
  last_ms INTEGER
) STRICT;

CREATE TABLE client_searches (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE client_sets (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  set_name TEXT NOT NULL REFERENCES tool_sets (name) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE clients (
  client_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  policy TEXT NOT NULL CHECK (policy IN ('sessionful', 'stateless')),
  key_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  first_seen_at INTEGER,
  last_seen_at INTEGER
, type_name TEXT, new_process TEXT NOT NULL DEFAULT 'new_session'
  CHECK (new_process IN ('new_session', 'last_session')), key_used_at INTEGER, may_take_over INTEGER NOT NULL DEFAULT 0 CHECK (may_take_over IN (0, 1))) STRICT;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  session_id TEXT,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  cause TEXT,
  payload TEXT NOT NULL CHECK (json_valid(payload))
) STRICT;

CREATE TABLE found_tools (
  session_id TEXT NOT NULL REFERENCES mcp_sessions (session_id) ON DELETE CASCADE,
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (session_id, server, tool)
) STRICT, WITHOUT ROWID;

CREATE TABLE held_calls (
  call_id INTEGER PRIMARY KEY,
  server TEXT NOT NULL,
  held_at INTEGER NOT NULL,
  request TEXT NOT NULL CHECK (json_valid(request))
) STRICT;

CREATE TABLE history_hour (
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
  latency_0 INTEGER NOT NULL DEFAULT 0,
  latency_1 INTEGER NOT NULL DEFAULT 0,
  latency_2 INTEGER NOT NULL DEFAULT 0,
  latency_3 INTEGER NOT NULL DEFAULT 0,
  latency_4 INTEGER NOT NULL DEFAULT 0,
  latency_5 INTEGER NOT NULL DEFAULT 0,
  latency_6 INTEGER NOT NULL DEFAULT 0,
  latency_7 INTEGER NOT NULL DEFAULT 0,
  latency_8 INTEGER NOT NULL DEFAULT 0,
  latency_9 INTEGER NOT NULL DEFAULT 0,
  latency_10 INTEGER NOT NULL DEFAULT 0,
  latency_11 INTEGER NOT NULL DEFAULT 0,
  latency_12 INTEGER NOT NULL DEFAULT 0,
  latency_13 INTEGER NOT NULL DEFAULT 0,
  latency_14 INTEGER NOT NULL DEFAULT 0,
  latency_15 INTEGER NOT NULL DEFAULT 0,
  latency_16 INTEGER NOT NULL DEFAULT 0,
  latency_17 INTEGER NOT NULL DEFAULT 0,
  latency_18 INTEGER NOT NULL DEFAULT 0,
  latency_19 INTEGER NOT NULL DEFAULT 0,
  latency_20 INTEGER NOT NULL DEFAULT 0,
  latency_21 INTEGER NOT NULL DEFAULT 0,
  latency_22 INTEGER NOT NULL DEFAULT 0,
  latency_23 INTEGER NOT NULL DEFAULT 0,
  latency_24 INTEGER NOT NULL DEFAULT 0,
  latency_25 INTEGER NOT NULL DEFAULT 0,
  latency_26 INTEGER NOT NULL DEFAULT 0,
  latency_27 INTEGER NOT NULL DEFAULT 0,
  latency_28 INTEGER NOT NULL DEFAULT 0,
  latency_29 INTEGER NOT NULL DEFAULT 0,
  latency_30 INTEGER NOT NULL DEFAULT 0,
  latency_31 INTEGER NOT NULL DEFAULT 0
, server_stops INTEGER NOT NULL DEFAULT 0, taken_over INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TABLE history_minute (
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
  latency_0 INTEGER NOT NULL DEFAULT 0,
  latency_1 INTEGER NOT NULL DEFAULT 0,
  latency_2 INTEGER NOT NULL DEFAULT 0,
  latency_3 INTEGER NOT NULL DEFAULT 0,
  latency_4 INTEGER NOT NULL DEFAULT 0,
  latency_5 INTEGER NOT NULL DEFAULT 0,
  latency_6 INTEGER NOT NULL DEFAULT 0,
  latency_7 INTEGER NOT NULL DEFAULT 0,
  latency_8 INTEGER NOT NULL DEFAULT 0,
  latency_9 INTEGER NOT NULL DEFAULT 0,
  latency_10 INTEGER NOT NULL DEFAULT 0,
  latency_11 INTEGER NOT NULL DEFAULT 0,
  latency_12 INTEGER NOT NULL DEFAULT 0,
  latency_13 INTEGER NOT NULL DEFAULT 0,
  latency_14 INTEGER NOT NULL DEFAULT 0,
  latency_15 INTEGER NOT NULL DEFAULT 0,
  latency_16 INTEGER NOT NULL DEFAULT 0,
  latency_17 INTEGER NOT NULL DEFAULT 0,
  latency_18 INTEGER NOT NULL DEFAULT 0,
  latency_19 INTEGER NOT NULL DEFAULT 0,
  latency_20 INTEGER NOT NULL DEFAULT 0,
  latency_21 INTEGER NOT NULL DEFAULT 0,
  latency_22 INTEGER NOT NULL DEFAULT 0,
  latency_23 INTEGER NOT NULL DEFAULT 0,
  latency_24 INTEGER NOT NULL DEFAULT 0,
  latency_25 INTEGER NOT NULL DEFAULT 0,
  latency_26 INTEGER NOT NULL DEFAULT 0,
  latency_27 INTEGER NOT NULL DEFAULT 0,
  latency_28 INTEGER NOT NULL DEFAULT 0,
  latency_29 INTEGER NOT NULL DEFAULT 0,
  latency_30 INTEGER NOT NULL DEFAULT 0,
  latency_31 INTEGER NOT NULL DEFAULT 0
, server_stops INTEGER NOT NULL DEFAULT 0, taken_over INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TABLE known_tools (
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  accepted TEXT NOT NULL CHECK (json_valid(accepted)),
  current TEXT CHECK (current IS NULL OR json_valid(current)),
  used_at INTEGER,
  changed_at INTEGER,
  looked_at INTEGER,
  seen TEXT NOT NULL CHECK (json_valid(seen)),
  PRIMARY KEY (server, tool)
) STRICT;

CREATE TABLE long_calls (
  call_id INTEGER PRIMARY KEY,
  handle TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL REFERENCES clients (client_id) ON DELETE CASCADE,
  session_id TEXT NOT NULL,
  transport_id TEXT NOT NULL,
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  handed_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'answered', 'fetched', 'gone', 'cancelled')),
  ended_at INTEGER,
  ended_lived INTEGER,
  fetched_at INTEGER,
  ok INTEGER CHECK (ok IN (0, 1)),
  bytes INTEGER NOT NULL DEFAULT 0,
  answer TEXT CHECK (answer IS NULL OR state IN ('answered', 'fetched'))
, shown_as TEXT NOT NULL DEFAULT 'handle' CHECK (shown_as IN ('handle', 'task')), task_id TEXT, again_id INTEGER) STRICT;

CREATE TABLE long_tools (
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  longest_ms INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (server, tool)
) STRICT, WITHOUT ROWID;

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
, server TEXT, token_superseded TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(token_superseded)), lost_lived INTEGER, client_process TEXT CHECK (client_process IS NULL OR json_valid(client_process)), pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)), offer TEXT CHECK (offer IS NULL OR json_valid(offer)), offer_hash TEXT, last_reconnect_cause TEXT
  CHECK (last_reconnect_cause IN ('resumed', 'restored', 'reinitialized', 'token', 'taken_over')), sharing TEXT CHECK (sharing IS NULL OR json_valid(sharing))) STRICT;

CREATE TABLE old_client_keys (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  key_hash TEXT NOT NULL UNIQUE,
  valid_until INTEGER NOT NULL,
  until_lived INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;

CREATE TABLE open_questions (
  instance_id TEXT NOT NULL REFERENCES server_instances (instance_id) ON DELETE CASCADE,
  question_id TEXT NOT NULL CHECK (json_valid(question_id)),
  session_key TEXT NOT NULL,
  method TEXT NOT NULL,
  message TEXT CHECK (message IS NULL OR json_valid(message)),
  in_own_call INTEGER NOT NULL CHECK (in_own_call IN (0, 1)),
  PRIMARY KEY (instance_id, question_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE server_failures (
  server TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  error TEXT NOT NULL,
  failed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE server_instances (
  instance_id TEXT PRIMARY KEY,
  server TEXT NOT NULL,
  session_key TEXT,
  fingerprint TEXT NOT NULL,
  child_id TEXT,
  pid INTEGER,
  pid_started TEXT,
  initialize_params TEXT CHECK (initialize_params IS NULL OR json_valid(initialize_params)),
  initialize_result TEXT CHECK (initialize_result IS NULL OR json_valid(initialize_result)),
  client_settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(client_settings)),
  upstream_session_id TEXT,
  upstream_last_event_id TEXT,
  started_at INTEGER NOT NULL,
  restarts INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE server_lists (
  server TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
  learned_at INTEGER NOT NULL,
  pages TEXT NOT NULL CHECK (json_valid(pages))
, heard_at INTEGER NOT NULL DEFAULT 0, introduction TEXT CHECK (introduction IS NULL OR json_valid(introduction))) STRICT;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE stream_messages (
  id INTEGER PRIMARY KEY,
  stream_id TEXT NOT NULL REFERENCES streams (stream_id) ON DELETE CASCADE,
  message_index INTEGER NOT NULL,
  message TEXT,
  at INTEGER NOT NULL, bytes INTEGER NOT NULL DEFAULT 0, answers TEXT CHECK (answers IS NULL OR json_valid(answers)),
  UNIQUE (stream_id, message_index)
) STRICT;

CREATE TABLE streams (
  stream_id TEXT PRIMARY KEY,
  session_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('post', 'get')),
  request_ids TEXT NOT NULL CHECK (json_valid(request_ids)),
  created_at INTEGER NOT NULL,
  done INTEGER NOT NULL DEFAULT 0 CHECK (done IN (0, 1)),
  last_index INTEGER NOT NULL DEFAULT 0
, calls TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(calls)), transport_id TEXT, sent_index INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE tasks (
  task_seq INTEGER PRIMARY KEY,
  server TEXT NOT NULL,
  task_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  given_at INTEGER NOT NULL, session_id TEXT, named_as TEXT,
  UNIQUE (server, task_id, client_id)
) STRICT;

CREATE TABLE tool_sets (
  name TEXT PRIMARY KEY,
  parts TEXT NOT NULL CHECK (json_valid(parts))
) STRICT;

CREATE TABLE tool_use (
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  day INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (server, tool, day)
) STRICT, WITHOUT ROWID;

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
, server TEXT, reserved_session_id TEXT NOT NULL DEFAULT '', client_process TEXT CHECK (client_process IS NULL OR json_valid(client_process)), stream TEXT NOT NULL DEFAULT 'none' CHECK (stream IN ('none', 'open', 'closed')), went_to TEXT CHECK (went_to IS NULL OR json_valid(went_to))) STRICT;

CREATE TABLE ui_tokens (
  token_hash TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE visibility_rules (
  client_id TEXT REFERENCES clients (client_id) ON DELETE CASCADE,
  server TEXT NOT NULL,
  kind TEXT CHECK (kind IN ('tool', 'prompt', 'resource')),
  name TEXT,
  shown INTEGER NOT NULL CHECK (shown IN (0, 1)),
  CHECK ((kind IS NULL) = (name IS NULL))
) STRICT;

CREATE INDEX activity_by_server ON activity (server, activity_id);

CREATE INDEX activity_by_session ON activity (session_id, activity_id);

CREATE INDEX activity_by_time ON activity (at);

CREATE INDEX activity_failed ON activity (activity_id) WHERE outcome IN ('tool_error', 'error', 'lost');

CREATE INDEX events_at ON events (at);

CREATE INDEX events_kind ON events (kind, at);

CREATE INDEX events_session ON events (session_id, seq);

CREATE INDEX long_calls_by_client ON long_calls (client_id, call_id);

CREATE INDEX long_calls_by_session ON long_calls (session_id);

CREATE INDEX long_calls_running ON long_calls (call_id) WHERE state = 'running';

CREATE INDEX long_tools_by_age ON long_tools (seen_at);

CREATE INDEX mcp_sessions_client ON mcp_sessions (client_id, status);

CREATE INDEX mcp_sessions_ended ON mcp_sessions (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX mcp_sessions_flapping ON mcp_sessions (flapping) WHERE flapping = 1;

CREATE INDEX mcp_sessions_lost ON mcp_sessions (lost_lived) WHERE status = 'disconnected';

CREATE INDEX mcp_sessions_offered ON mcp_sessions (session_id) WHERE offer IS NOT NULL;

CREATE INDEX mcp_sessions_pinned ON mcp_sessions (pinned) WHERE pinned = 1;

CREATE INDEX mcp_sessions_reconnect_count ON mcp_sessions (reconnect_count);

CREATE INDEX mcp_sessions_status ON mcp_sessions (status, last_activity);

CREATE INDEX mcp_sessions_token_hash ON mcp_sessions (reconnect_token_hash);

CREATE INDEX stream_messages_at ON stream_messages (at);

CREATE INDEX streams_created ON streams (created_at);

CREATE INDEX streams_open ON streams (session_id) WHERE done = 0 AND kind = 'post';

CREATE INDEX streams_session ON streams (session_id);

CREATE INDEX tasks_by_age ON tasks (given_at);

CREATE INDEX tasks_of_client ON tasks (client_id, task_seq);

CREATE INDEX tasks_of_session ON tasks (session_id) WHERE session_id IS NOT NULL;

CREATE INDEX tasks_renamed ON tasks (named_as, task_id) WHERE named_as IS NOT NULL;

CREATE INDEX tool_use_by_day ON tool_use (day);

CREATE INDEX transports_ended ON transports (ended_at) WHERE ended_at IS NOT NULL;

CREATE UNIQUE INDEX transports_reserved ON transports (reserved_session_id) WHERE session_id IS NULL;

CREATE INDEX transports_session ON transports (session_id, ended_at);

CREATE INDEX transports_unbound ON transports (created_at) WHERE session_id IS NULL;

CREATE INDEX transports_went ON transports (ended_at) WHERE went_to IS NOT NULL;

CREATE INDEX visibility_rules_by_client ON visibility_rules (client_id);

CREATE UNIQUE INDEX visibility_rules_once
  ON visibility_rules (ifnull(client_id, ''), server, ifnull(kind, ''), ifnull(name, ''));
