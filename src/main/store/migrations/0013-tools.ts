import type { Migration } from './migration';

/** When each server was last heard to list what is kept of it, how it introduced itself, and what each tool said of itself when it was last all right. */
export const tools: Migration = {
  version: 13,
  name: '0013-tools',
  up(db) {
    db.exec(`
ALTER TABLE server_lists ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
UPDATE server_lists SET heard_at = learned_at;
ALTER TABLE server_lists ADD COLUMN introduction TEXT CHECK (introduction IS NULL OR json_valid(introduction));

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
`);
  },
};
