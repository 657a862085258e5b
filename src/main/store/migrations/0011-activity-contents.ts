import type { Migration } from './migration';

/**
 * What was in messages, where that was asked for. Backups leave this table out. It has row ids so that no text gets into the
 * inner pages of an index, where a copy would outlive the row.
 */
export const activityContents: Migration = {
  version: 11,
  name: '0011-activity-contents',
  up(db) {
    db.exec(`
CREATE TABLE activity_contents (
  activity_id INTEGER NOT NULL REFERENCES activity (activity_id) ON DELETE CASCADE,
  part TEXT NOT NULL,
  json TEXT,
  bytes INTEGER NOT NULL,
  cut INTEGER NOT NULL,
  masked INTEGER NOT NULL,
  at INTEGER NOT NULL,
  lived INTEGER NOT NULL,
  PRIMARY KEY (activity_id, part)
) STRICT;
`);
  },
};
