import type { Migration } from './migration';

/**
 * How a call that goes on without its client is shown to it, and the task that its server made of it: by its id the answer is
 * asked for again after a restart.
 */
export const bridgedTasks: Migration = {
  version: 20,
  name: '0020-bridged-tasks',
  up(db) {
    db.exec(`
ALTER TABLE long_calls ADD COLUMN shown_as TEXT NOT NULL DEFAULT 'handle' CHECK (shown_as IN ('handle', 'task'));
ALTER TABLE long_calls ADD COLUMN task_id TEXT;
`);
  },
};
