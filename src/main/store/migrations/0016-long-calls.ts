import type { Migration } from './migration';

/**
 * Calls whose clients have a handle in place of the answer, with the answer once it is there; how long clients wait, and how
 * long tools were seen to take.
 */
export const longCalls: Migration = {
  version: 16,
  name: '0016-long-calls',
  up(db) {
    db.exec(`
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
) STRICT;
CREATE INDEX long_calls_by_client ON long_calls (client_id, call_id);
CREATE INDEX long_calls_by_session ON long_calls (session_id);
CREATE INDEX long_calls_running ON long_calls (call_id) WHERE state = 'running';

CREATE TABLE client_patience (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  set_ms INTEGER,
  learned_ms INTEGER,
  last_ms INTEGER
) STRICT;

CREATE TABLE long_tools (
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  longest_ms INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (server, tool)
) STRICT, WITHOUT ROWID;
CREATE INDEX long_tools_by_age ON long_tools (seen_at);
`);
  },
};
