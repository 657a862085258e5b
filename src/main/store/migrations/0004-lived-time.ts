import type { Migration } from './migration';

/**
 * Retention counts the time that Holdfast has run, which begins with this migration. Sessions that wait get their whole
 * retention anew.
 */
export const livedTime: Migration = {
  version: 4,
  name: '0004-lived-time',
  up(db) {
    db.exec(`
ALTER TABLE mcp_sessions ADD COLUMN lost_lived INTEGER;
UPDATE mcp_sessions SET lost_lived = 0 WHERE status = 'disconnected';
DROP INDEX mcp_sessions_lost;
CREATE INDEX mcp_sessions_lost ON mcp_sessions (lost_lived) WHERE status = 'disconnected';
`);
  },
};
