import type { Database, Statement } from 'better-sqlite3';
import { parseExact, stringifyExact } from '../mcp/exact-json';
import type { InstanceRecord, InstanceRepository } from '../upstream/upstream-ports';
import type { Transactions } from './lifecycle/transactions';

type JsonColumn = 'initialize_params' | 'initialize_result' | 'client_settings';
type InstanceRow = Omit<InstanceRecord, JsonColumn> & Record<JsonColumn, string | null>;

const COLUMNS = [
  ...['instance_id', 'server', 'session_key', 'fingerprint', 'child_id', 'pid', 'pid_started'],
  ...['initialize_params', 'initialize_result', 'client_settings'],
  ...['upstream_session_id', 'upstream_last_event_id', 'started_at', 'restarts'],
];

/** The table `server_instances`. It contains no values of environment variables or headers. */
export class InstanceStore implements InstanceRepository {
  private readonly transactions: Transactions;
  private readonly everything: Statement<[], InstanceRow>;
  private readonly upsert: Statement<[InstanceRow]>;
  private readonly removal: Statement<[instanceId: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.everything = db.prepare('SELECT * FROM server_instances ORDER BY started_at, instance_id');
    this.upsert = db.prepare(
      `INSERT INTO server_instances (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((name) => `:${name}`).join(', ')})
       ON CONFLICT (instance_id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    );
    this.removal = db.prepare('DELETE FROM server_instances WHERE instance_id = ?');
  }

  /** Oldest first. */
  all(): InstanceRecord[] {
    return this.everything.all().map((row) => ({
      ...row,
      initialize_params: parse(row.initialize_params),
      initialize_result: parse(row.initialize_result) as InstanceRecord['initialize_result'],
      client_settings: parse(row.client_settings) as InstanceRecord['client_settings'],
    }));
  }

  save(record: InstanceRecord): void {
    const row = {
      ...record,
      initialize_params: text(record.initialize_params),
      initialize_result: text(record.initialize_result),
      client_settings: text(record.client_settings),
    };
    this.transactions.run(() => this.upsert.run(row));
  }

  remove(instanceId: string): void {
    this.transactions.run(() => this.removal.run(instanceId));
  }
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : stringifyExact(value));
const parse = (json: string | null): unknown => (json === null ? null : parseExact(json));
