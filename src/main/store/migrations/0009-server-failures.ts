import type { Migration } from './migration';

/** Why each server did not start last, so that one known to fail does not look healthy after a restart. */
export const serverFailures: Migration = {
  version: 9,
  name: '0009-server-failures',
  up(db) {
    db.exec(`
CREATE TABLE server_failures (
  server TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  error TEXT NOT NULL,
  failed_at INTEGER NOT NULL
) STRICT;
`);
  },
};
