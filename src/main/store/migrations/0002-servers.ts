import type { Migration } from './migration';

/** Servers: which one a session talks to, their instances, and what it takes to answer calls after a restart. */
export const servers: Migration = {
  version: 2,
  name: '0002-servers',
  up(db) {
    db.exec(`
ALTER TABLE mcp_sessions ADD COLUMN server TEXT;
ALTER TABLE mcp_sessions ADD COLUMN token_superseded TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(token_superseded));
ALTER TABLE transports ADD COLUMN server TEXT;
ALTER TABLE streams ADD COLUMN calls TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(calls));
ALTER TABLE streams ADD COLUMN transport_id TEXT;
ALTER TABLE streams ADD COLUMN sent_index INTEGER NOT NULL DEFAULT 0;
UPDATE streams SET sent_index = last_index;
CREATE INDEX streams_open ON streams (session_id) WHERE done = 0 AND kind = 'post';

CREATE TABLE server_instances (
  instance_id TEXT PRIMARY KEY,
  server TEXT NOT NULL,
  home TEXT,
  fingerprint TEXT NOT NULL,
  child_id TEXT,
  pid INTEGER,
  pid_started TEXT,
  initialize_params TEXT CHECK (initialize_params IS NULL OR json_valid(initialize_params)),
  initialize_result TEXT CHECK (initialize_result IS NULL OR json_valid(initialize_result)),
  wishes TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(wishes)),
  upstream_session_id TEXT,
  upstream_last_event_id TEXT,
  started_at INTEGER NOT NULL,
  restarts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX server_instances_home ON server_instances (home);

ALTER TABLE history_minute ADD COLUMN server_stops INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history_hour ADD COLUMN server_stops INTEGER NOT NULL DEFAULT 0;
`);
  },
};
