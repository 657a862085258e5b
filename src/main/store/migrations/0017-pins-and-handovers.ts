import type { Migration } from './migration';

/**
 * Which sessions a person has pinned; and what it takes to hand a session over to another client: who may take one over, to
 * whom one is offered, and where the session of an ended transport went.
 */
export const pinsAndHandovers: Migration = {
  version: 17,
  name: '0017-pins-and-handovers',
  up(db) {
    db.exec(`
ALTER TABLE mcp_sessions ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1));
CREATE INDEX mcp_sessions_pinned ON mcp_sessions (pinned) WHERE pinned = 1;

ALTER TABLE mcp_sessions ADD COLUMN offer TEXT CHECK (offer IS NULL OR json_valid(offer));
ALTER TABLE mcp_sessions ADD COLUMN offer_hash TEXT;
CREATE INDEX mcp_sessions_offered ON mcp_sessions (session_id) WHERE offer IS NOT NULL;
ALTER TABLE transports ADD COLUMN went_to TEXT CHECK (went_to IS NULL OR json_valid(went_to));
CREATE INDEX transports_went ON transports (ended_at) WHERE went_to IS NOT NULL;
ALTER TABLE clients ADD COLUMN may_take_over INTEGER NOT NULL DEFAULT 0 CHECK (may_take_over IN (0, 1));
ALTER TABLE history_minute ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history_hour ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
`);
    // The check of a column cannot be changed, only left behind with the column.
    db.exec(`
ALTER TABLE mcp_sessions ADD COLUMN latest_cause TEXT
  CHECK (latest_cause IN ('resumed', 'restored', 'reinitialized', 'token', 'taken_over'));
UPDATE mcp_sessions SET latest_cause = last_reconnect_cause;
ALTER TABLE mcp_sessions DROP COLUMN last_reconnect_cause;
ALTER TABLE mcp_sessions RENAME COLUMN latest_cause TO last_reconnect_cause;
`);
  },
};
