import type { Migration } from './migration';

/**
 * In which session a task was begun, so that it goes along when another client takes the session over; and the name that its
 * server had then, when that has been renamed since.
 */
export const tasksOfSessions: Migration = {
  version: 21,
  name: '0021-tasks-of-sessions',
  up(db) {
    db.exec(`
ALTER TABLE tasks ADD COLUMN session_id TEXT;
ALTER TABLE tasks ADD COLUMN named_as TEXT;
CREATE INDEX tasks_of_session ON tasks (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX tasks_renamed ON tasks (named_as, task_id) WHERE named_as IS NOT NULL;
`);
  },
};
