import type { Database, Statement } from 'better-sqlite3';
import type { Activity, ActivityPage, ActivityQuery } from '../../../shared/contract/activity';
import type { ActivityWithContents } from '../../../shared/contract/activity-contents';
import type { ActivityRepository, RecordedActivity } from '../../activity/activity-ports';
import { readAside } from '../kept/read-aside';
import type { Transactions } from '../lifecycle/transactions';
import type { ContentsStore } from './contents-store';

type Row = Omit<Activity, 'repeated'> & { repeated: 0 | 1 };

const COLUMNS = [
  'at',
  'session_id',
  'transport_id',
  'client_id',
  'direction',
  'kind',
  'method',
  'name',
  'server',
  'instance_id',
  'pid',
  'duration_ms',
  'first_ms',
  'bytes_in',
  'bytes_out',
  'outcome',
  'error',
  'error_code',
  'held_ms',
  'repeated',
] as const;

const FAILED = "outcome IN ('tool_error', 'error', 'lost')";
const SOUGHT = `instr(lower(method || char(10) || ifnull(name, '') || char(10) || ifnull(server, '') || char(10)
  || ifnull(error, '')), ?) > 0`;
/** The conditions of a query, by what asks for them. */
const CONDITIONS = {
  session_id: 'session_id = ?',
  client_id: 'client_id = ?',
  server: 'server = ?',
  from: 'at >= ?',
  to: 'at < ?',
  longer_than_ms: 'duration_ms > ?',
  before: 'activity_id < ?',
  after: 'activity_id > ?',
  text: SOUGHT,
} as const;
type Condition = keyof typeof CONDITIONS;

/** Without these, an index leads to the rows; with one of them, all rows may have to be looked at. */
const SLOW: readonly Condition[] = ['client_id', 'from', 'to', 'longer_than_ms', 'text'];

/** The table `activity`: one row a message with an outcome. */
export class ActivityStore implements ActivityRepository {
  private readonly db: Database;
  private readonly transactions: Transactions;
  private readonly file: string;
  private readonly ending = new AbortController();
  private readonly insert: Statement<[object]>;
  private readonly one: Statement<[activityId: number], Row>;
  private readonly contents: ContentsStore;

  /** @param file - the database, for reads that take long: they happen beside the work */
  constructor(db: Database, transactions: Transactions, file: string, contents: ContentsStore) {
    this.db = db;
    this.contents = contents;
    this.transactions = transactions;
    this.file = file;
    const names = COLUMNS.map((name) => `:${name}`).join(', ');
    this.insert = db.prepare(`INSERT INTO activity (${COLUMNS.join(', ')}) VALUES (${names})`);
    this.one = db.prepare(`SELECT activity_id, ${COLUMNS.join(', ')} FROM activity WHERE activity_id = ?`);
  }

  add(rows: readonly RecordedActivity[]): void {
    const write = () => {
      for (const { contents, ...row } of rows) {
        const { lastInsertRowid } = this.insert.run({ ...row, repeated: row.repeated ? 1 : 0 });
        if (contents) this.contents.add(Number(lastInsertRowid), contents, row.at);
      }
    };
    const hasContents = rows.some(({ contents }) => contents !== undefined);
    this.transactions.run(() => (hasContents ? this.contents.writing(write) : write()));
  }

  /** One row with its contents, where they were recorded and are still kept; null if there is no such row. */
  get(activityId: number): ActivityWithContents | null {
    const row = this.one.get(activityId);
    if (!row) return null;
    return { activity: { ...row, repeated: row.repeated === 1 }, contents: this.contents.of(activityId) };
  }

  async page(query: ActivityQuery): Promise<ActivityPage> {
    const { failed, limit } = query;
    const asked = (Object.keys(CONDITIONS) as Condition[]).filter((name) => query[name] !== undefined);
    const conditions = [...asked.map((name) => CONDITIONS[name]), ...(failed ? [FAILED] : [])];
    const values = asked.map((name) => valueFor(name, query));
    const statement = [
      `SELECT activity_id, ${COLUMNS.join(', ')} FROM activity`,
      conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`,
      `ORDER BY activity_id ${query.after === undefined ? 'DESC' : 'ASC'} LIMIT ?`,
    ].join(' ');
    const all = [...values, limit + 1];
    const rows = asked.some((name) => SLOW.includes(name))
      ? await readAside<Row>(this.file, statement, all, this.ending.signal)
      : this.db.prepare<(string | number)[], Row>(statement).all(...all);
    const activity = rows.slice(0, limit).map((row) => ({ ...row, repeated: row.repeated === 1 }));
    return { activity, has_more: rows.length > limit };
  }

  /** Gives up what is being read. */
  close(): void {
    this.ending.abort();
  }
}

function valueFor(name: Condition, query: ActivityQuery): string | number {
  const value = query[name] ?? '';
  return name === 'text' ? String(value).toLowerCase() : value;
}
