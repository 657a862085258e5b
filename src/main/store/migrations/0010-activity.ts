import type { Migration } from './migration';

/** What became of each message. Contents are not kept here. */
export const activity: Migration = {
  version: 10,
  name: '0010-activity',
  up(db) {
    db.exec(`
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
CREATE INDEX activity_by_session ON activity (session_id, activity_id);
CREATE INDEX activity_by_server ON activity (server, activity_id);
CREATE INDEX activity_by_time ON activity (at);
CREATE INDEX activity_failed ON activity (activity_id) WHERE outcome IN ('tool_error', 'error', 'lost');
`);
  },
};
