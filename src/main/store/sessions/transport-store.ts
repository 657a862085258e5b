import type { Database, Statement } from 'better-sqlite3';
import type { Era } from '../../../shared/contract/session';
import type { ClientId, SessionId, TransportId } from '../../../shared/model/ids';
import type { Ms } from '../../../shared/model/units';
import { parseExact, stringifyExact } from '../../mcp/exact-json';
import type { StoredTransports, TransportRecord } from '../../sessions/session-ports';
import type { Transactions } from '../lifecycle/transactions';

interface TransportRow {
  transport_id: TransportId;
  client_id: ClientId;
  session_id: SessionId | null;
  reserved_session_id: SessionId;
  server: string | null;
  era: Era;
  client_name: string;
  client_version: string;
  protocol_version: string;
  initialize_params: string;
  client_process: string | null;
  stream: TransportRecord['stream'];
  created_at: Ms;
  ended_at: Ms | null;
  went_to: string | null;
}

/** The table `transports`. A session must be saved before the transports that belong to it. */
export class TransportStore implements StoredTransports {
  private readonly transactions: Transactions;
  private readonly upsert: Statement<[TransportRow]>;
  private readonly byId: Statement<[transportId: string], TransportRow>;
  private readonly open: Statement<[sessionId: string], TransportRow>;
  private readonly notTold: Statement<[limit: number], TransportRow>;
  private readonly reserving: Statement<[sessionId: string], string>;
  private readonly surplus: Statement<[clientId: string, left: number], TransportRow>;
  private readonly forget: Statement<[before: Ms, keep: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.upsert = db.prepare(
      `INSERT INTO transports (transport_id, client_id, session_id, reserved_session_id, server, era, client_name,
         client_version, protocol_version, initialize_params, client_process, stream, created_at, ended_at,
         went_to)
       VALUES (:transport_id, :client_id, :session_id, :reserved_session_id, :server, :era, :client_name,
         :client_version, :protocol_version, :initialize_params, :client_process, :stream, :created_at, :ended_at,
         :went_to)
       ON CONFLICT (transport_id) DO UPDATE SET session_id = excluded.session_id, era = excluded.era,
         client_name = excluded.client_name, client_version = excluded.client_version,
         protocol_version = excluded.protocol_version, initialize_params = excluded.initialize_params,
         client_process = excluded.client_process, stream = excluded.stream,
         ended_at = excluded.ended_at, went_to = excluded.went_to`,
    );
    this.byId = db.prepare('SELECT * FROM transports WHERE transport_id = ?');
    this.open = db.prepare('SELECT * FROM transports WHERE session_id = ? AND ended_at IS NULL ORDER BY created_at');
    this.notTold = db.prepare(
      `SELECT * FROM transports INDEXED BY transports_went WHERE went_to IS NOT NULL
         AND json_extract(went_to, '$.told') = 0 ORDER BY ended_at DESC LIMIT ?`,
    );
    this.reserving = db
      .prepare<[string], string>(
        `SELECT client_id FROM transports INDEXED BY transports_reserved
         WHERE reserved_session_id = ? AND session_id IS NULL AND ended_at IS NULL`,
      )
      .pluck();
    this.surplus = db.prepare(
      `DELETE FROM transports WHERE transport_id IN (
         SELECT transport_id FROM transports INDEXED BY transports_unbound WHERE session_id IS NULL AND client_id = ?
         ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ?)
       RETURNING *`,
    );
    this.forget = db.prepare(
      `DELETE FROM transports INDEXED BY transports_unbound WHERE session_id IS NULL AND created_at < ?
         AND transport_id NOT IN (SELECT value FROM json_each(?))`,
    );
  }

  save(transport: TransportRecord): void {
    const { initialize_params, client_process, went_to } = transport;
    this.upsert.run({
      ...transport,
      initialize_params: stringifyExact(initialize_params ?? null),
      client_process: client_process && JSON.stringify(client_process),
      went_to: went_to && JSON.stringify(went_to),
    });
  }

  get(transportId: string): TransportRecord | null {
    const row = this.byId.get(transportId);
    return row ? toRecord(row) : null;
  }

  /** Transports of the session that have not ended, oldest first. */
  openOf(sessionId: string): TransportRecord[] {
    return this.open.all(sessionId).map(toRecord);
  }

  untold(limit: number): TransportRecord[] {
    return this.notTold.all(limit).map(toRecord);
  }

  /** Whether an open transport without a session has reserved this id. */
  reserves(sessionId: string): boolean {
    return this.reservedFor(sessionId) !== null;
  }

  reservedFor(sessionId: string): string | null {
    return this.reserving.get(sessionId) ?? null;
  }

  /**
   * Removes transports that were opened before `before` and never bound to a session, except those in `keep`.
   * Returns how many.
   */
  forgetHandshakes(before: Ms, keep: ReadonlySet<string>): number {
    return this.transactions.run(() => this.forget.run(before, JSON.stringify([...keep])).changes);
  }

  /** Removes the client's oldest transports that were never bound to a session, all but `left`. Returns them. */
  forgetSurplus(clientId: string, left: number): TransportRecord[] {
    return this.transactions.run(() => this.surplus.all(clientId, left).map(toRecord));
  }
}

const toRecord = (row: TransportRow): TransportRecord => ({
  ...row,
  initialize_params: parseExact(row.initialize_params),
  client_process: row.client_process === null ? null : JSON.parse(row.client_process),
  went_to: row.went_to === null ? null : JSON.parse(row.went_to),
});
