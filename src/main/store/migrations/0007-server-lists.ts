import type { Migration } from './migration';

/** What each server listed last, so that lists are answered after a restart without starting anything. */
export const serverLists: Migration = {
  version: 7,
  name: '0007-server-lists',
  up(db) {
    db.exec(`
CREATE TABLE server_lists (
  server TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),
  learned_at INTEGER NOT NULL,
  pages TEXT NOT NULL CHECK (json_valid(pages))
) STRICT;
`);
  },
};
