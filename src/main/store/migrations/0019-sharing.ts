import type { Migration } from './migration';

/** With which other session a session shares its servers. */
export const sharing: Migration = {
  version: 19,
  name: '0019-sharing',
  up(db) {
    db.exec('ALTER TABLE mcp_sessions ADD COLUMN sharing TEXT CHECK (sharing IS NULL OR json_valid(sharing))');
  },
};
