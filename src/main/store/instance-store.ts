import type { Database, Statement } from 'better-sqlite3';
import { parseExact, stringifyExact } from '../mcp/exact-json';
import type { InstanceRecord, InstanceRepository, OpenQuestion } from '../upstream/upstream-ports';
import type { Transactions } from './lifecycle/transactions';

type JsonColumn = 'initialize_params' | 'initialize_result' | 'client_settings';
type QuestionRow = Omit<OpenQuestion, 'question_id' | 'message' | 'in_own_call'> & {
  readonly question_id: string;
  readonly message: string | null;
  readonly in_own_call: 0 | 1;
};
type InstanceRow = Omit<InstanceRecord, JsonColumn> & Record<JsonColumn, string | null>;

const COLUMNS = [
  ...['instance_id', 'server', 'session_key', 'fingerprint', 'child_id', 'pid', 'pid_started'],
  ...['initialize_params', 'initialize_result', 'client_settings'],
  ...['upstream_session_id', 'upstream_last_event_id', 'started_at', 'restarts'],
];

/** The tables `server_instances` and `open_questions`. They contain no values of environment variables or headers. */
export class InstanceStore implements InstanceRepository {
  private readonly transactions: Transactions;
  private readonly everything: Statement<[], InstanceRow>;
  private readonly upsert: Statement<[InstanceRow]>;
  private readonly removal: Statement<[instanceId: string]>;
  private readonly open: Statement<[], QuestionRow>;
  private readonly keep: Statement<[QuestionRow]>;
  private readonly drop: Statement<[instanceId: string, questionId: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.everything = db.prepare('SELECT * FROM server_instances ORDER BY started_at, instance_id');
    this.upsert = db.prepare(
      `INSERT INTO server_instances (${COLUMNS.join(', ')}) VALUES (${COLUMNS.map((name) => `:${name}`).join(', ')})
       ON CONFLICT (instance_id) DO UPDATE SET ${COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    );
    this.removal = db.prepare('DELETE FROM server_instances WHERE instance_id = ?');
    this.open = db.prepare('SELECT * FROM open_questions');
    this.keep = db.prepare(
      `INSERT OR REPLACE INTO open_questions (instance_id, question_id, session_key, method, message, in_own_call)
         VALUES (:instance_id, :question_id, :session_key, :method, :message, :in_own_call)`,
    );
    this.drop = db.prepare('DELETE FROM open_questions WHERE instance_id = ? AND question_id = ?');
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

  questions(): OpenQuestion[] {
    return this.open.all().map((row) => ({
      ...row,
      question_id: JSON.parse(row.question_id),
      message: parse(row.message) as OpenQuestion['message'],
      in_own_call: row.in_own_call === 1,
    }));
  }

  keepQuestion(question: OpenQuestion): void {
    const { question_id, message, in_own_call } = question;
    const row = {
      ...question,
      question_id: JSON.stringify(question_id),
      message: text(message),
      in_own_call: in_own_call ? (1 as const) : (0 as const),
    };
    this.transactions.run(() => this.keep.run(row));
  }

  dropQuestion({ instance_id, question_id }: Pick<OpenQuestion, 'instance_id' | 'question_id'>): void {
    this.transactions.run(() => this.drop.run(instance_id, JSON.stringify(question_id)));
  }
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : stringifyExact(value));
const parse = (json: string | null): unknown => (json === null ? null : parseExact(json));
