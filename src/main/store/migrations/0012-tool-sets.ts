import type { Migration } from './migration';

/** What clients see of the servers, and how often each tool was called on each day. */
export const toolSets: Migration = {
  version: 12,
  name: '0012-tool-sets',
  up(db) {
    db.exec(`
CREATE TABLE visibility_rules (
  client_id TEXT REFERENCES clients (client_id) ON DELETE CASCADE,
  server TEXT NOT NULL,
  kind TEXT CHECK (kind IN ('tool', 'prompt', 'resource')),
  name TEXT,
  shown INTEGER NOT NULL CHECK (shown IN (0, 1)),
  CHECK ((kind IS NULL) = (name IS NULL))
) STRICT;
CREATE UNIQUE INDEX visibility_rules_once
  ON visibility_rules (ifnull(client_id, ''), server, ifnull(kind, ''), ifnull(name, ''));
CREATE INDEX visibility_rules_by_client ON visibility_rules (client_id);

CREATE TABLE tool_sets (
  name TEXT PRIMARY KEY,
  parts TEXT NOT NULL CHECK (json_valid(parts))
) STRICT;

CREATE TABLE client_sets (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  set_name TEXT NOT NULL REFERENCES tool_sets (name) DEFERRABLE INITIALLY DEFERRED
) STRICT;

CREATE TABLE tool_use (
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  day INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (server, tool, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_use_by_day ON tool_use (day);
`);
  },
};
