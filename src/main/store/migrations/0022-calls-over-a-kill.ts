import type { Migration } from './migration';

/**
 * What a kill must not lose of calls: the id of one that was made again, as its server answers that one; and what servers asked
 * one of two sessions that share them, to be asked again when that one leaves.
 */
export const callsOverAKill: Migration = {
  version: 22,
  name: '0022-calls-over-a-kill',
  up(db) {
    db.exec(`
ALTER TABLE long_calls ADD COLUMN again_id INTEGER;

CREATE TABLE open_questions (
  instance_id TEXT NOT NULL REFERENCES server_instances (instance_id) ON DELETE CASCADE,
  question_id TEXT NOT NULL CHECK (json_valid(question_id)),
  session_key TEXT NOT NULL,
  method TEXT NOT NULL,
  message TEXT CHECK (message IS NULL OR json_valid(message)),
  in_own_call INTEGER NOT NULL CHECK (in_own_call IN (0, 1)),
  PRIMARY KEY (instance_id, question_id)
) STRICT, WITHOUT ROWID;
`);
  },
};
