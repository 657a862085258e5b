import type { Migration } from './migration';

/** Which process a transport came from, and what a client's next process gets. */
export const clientProcesses: Migration = {
  version: 6,
  name: '0006-client-processes',
  up(db) {
    db.exec(`
ALTER TABLE transports ADD COLUMN client_process TEXT CHECK (client_process IS NULL OR json_valid(client_process));
ALTER TABLE transports ADD COLUMN stream TEXT NOT NULL DEFAULT 'none' CHECK (stream IN ('none', 'open', 'closed'));
ALTER TABLE mcp_sessions ADD COLUMN client_process TEXT CHECK (client_process IS NULL OR json_valid(client_process));
ALTER TABLE clients ADD COLUMN type_name TEXT;
ALTER TABLE clients ADD COLUMN new_process TEXT NOT NULL DEFAULT 'new_session'
  CHECK (new_process IN ('new_session', 'last_session'));
UPDATE clients SET new_process = 'last_session' WHERE type = 'claude-desktop';
`);
  },
};
