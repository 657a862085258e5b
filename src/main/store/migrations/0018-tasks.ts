import type { Migration } from './migration';

/** Which client was given which task, so that nobody else can ask for it. */
export const tasks: Migration = {
  version: 18,
  name: '0018-tasks',
  up(db) {
    db.exec(`
CREATE TABLE tasks (
  task_seq INTEGER PRIMARY KEY,
  server TEXT NOT NULL,
  task_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  given_at INTEGER NOT NULL,
  UNIQUE (server, task_id, client_id)
) STRICT;
CREATE INDEX tasks_of_client ON tasks (client_id, task_seq);
CREATE INDEX tasks_by_age ON tasks (given_at);
`);
  },
};
