import type { Migration } from './migration';

/** When each server was last heard to list what is kept of it. */
export const tools: Migration = {
  version: 13,
  name: '0013-tools',
  up(db) {
    db.exec(`
ALTER TABLE server_lists ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
UPDATE server_lists SET heard_at = learned_at;
`);
  },
};
