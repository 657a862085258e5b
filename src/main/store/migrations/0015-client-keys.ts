import type { Migration } from './migration';

/** When a client's key was last used, and the key from before a renewal, which works on for a while. */
export const clientKeys: Migration = {
  version: 15,
  name: '0015-client-keys',
  up(db) {
    db.exec(`
ALTER TABLE clients ADD COLUMN key_used_at INTEGER;
UPDATE clients SET key_used_at = last_seen_at;

CREATE TABLE old_client_keys (
  client_id TEXT PRIMARY KEY REFERENCES clients (client_id) ON DELETE CASCADE,
  key_hash TEXT NOT NULL UNIQUE,
  valid_until INTEGER NOT NULL,
  until_lived INTEGER NOT NULL,
  last_used_at INTEGER
) STRICT;
`);
  },
};
