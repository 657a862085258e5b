import type { Migration } from './migration';

/** Calls that wait for a login. Their servers have not got them, so the next start can still send them. */
export const heldCalls: Migration = {
  version: 8,
  name: '0008-held-calls',
  up(db) {
    db.exec(`
CREATE TABLE held_calls (
  call_id INTEGER PRIMARY KEY,
  server TEXT NOT NULL,
  held_at INTEGER NOT NULL,
  request TEXT NOT NULL CHECK (json_valid(request))
) STRICT;
`);
  },
};
