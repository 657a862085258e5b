import { randomBytes } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Migration } from './migration';

/**
 * A transport knows the id of the session that would be made for it, and everything is kept under that id from its start.
 * What was kept under the id of a transport moves to its session, or to the id that is reserved for it now.
 */
export const reservedSessions: Migration = {
  version: 3,
  name: '0003-reserved-sessions',
  up(db) {
    db.exec(`
ALTER TABLE transports ADD COLUMN reserved_session_id TEXT NOT NULL DEFAULT '';
UPDATE transports SET reserved_session_id = session_id WHERE session_id IS NOT NULL;
ALTER TABLE server_instances RENAME COLUMN home TO session_key;
ALTER TABLE server_instances RENAME COLUMN wishes TO client_settings;
DROP INDEX server_instances_home;
`);
    reserve(db);
    db.exec('CREATE UNIQUE INDEX transports_reserved ON transports (reserved_session_id) WHERE session_id IS NULL');
    moveInstances(db);
  },
};

function reserve(db: Database): void {
  const unbound = db.prepare<[], string>('SELECT transport_id FROM transports WHERE session_id IS NULL').pluck().all();
  const update = db.prepare('UPDATE transports SET reserved_session_id = ? WHERE transport_id = ?');
  for (const transportId of unbound) update.run(`s_${randomBytes(16).toString('base64url')}`, transportId);
}

interface Row {
  readonly instance_id: string;
  readonly server: string;
  readonly session_key: string | null;
  readonly client_settings: string;
}

function moveInstances(db: Database): void {
  const reserved = db
    .prepare<[string], string>('SELECT reserved_session_id FROM transports WHERE transport_id = ?')
    .pluck();
  const other = db.prepare('SELECT 1 FROM server_instances WHERE server = ? AND session_key = ?');
  const update = db.prepare('UPDATE server_instances SET session_key = ?, client_settings = ? WHERE instance_id = ?');
  const rows = db
    .prepare<[], Row>('SELECT instance_id, server, session_key, client_settings FROM server_instances')
    .all();
  for (const { instance_id, server, session_key, client_settings } of rows) {
    const moved = session_key === null ? undefined : reserved.get(session_key);
    // What a session had before its newest transport came to it is what it keeps; the other is nobody's, and ends.
    const isTaken = moved !== undefined && other.get(server, moved) !== undefined;
    const byTransport = new Map<string, unknown>();
    const bySession = new Map<string, unknown>();
    for (const [key, settings] of Object.entries<unknown>(JSON.parse(client_settings))) {
      const sessionKey = reserved.get(key);
      if (sessionKey === undefined) bySession.set(key, settings);
      else byTransport.set(sessionKey, settings);
    }
    const after = Object.fromEntries([...byTransport, ...bySession]);
    update.run(isTaken ? session_key : (moved ?? session_key), JSON.stringify(after), instance_id);
  }
}
