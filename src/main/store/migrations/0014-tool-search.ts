import type { Migration } from './migration';

/** Which clients find tools by a search, and what was found in each session. */
export const toolSearch: Migration = {
  version: 14,
  name: '0014-tool-search',
  up(db) {
    db.exec(`
CREATE TABLE client_searches (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE
) STRICT;

CREATE TABLE found_tools (
  session_id TEXT NOT NULL REFERENCES mcp_sessions (session_id) ON DELETE CASCADE,
  server TEXT NOT NULL,
  tool TEXT NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (session_id, server, tool)
) STRICT, WITHOUT ROWID;
`);
  },
};
