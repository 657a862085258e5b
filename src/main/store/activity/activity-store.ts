import type { Database, Statement } from 'better-sqlite3';
import {
  ACTIVITY_COLUMNS,
  type Activity,
  type ActivityFilterInput,
  type ActivityNewsQuery,
  type ActivityPage,
  type ActivityQuery,
  type FailureGroup,
  type Failures,
  type FailuresQuery,
} from '../../../shared/contract/activity';
import type { ActivityWithContents, Contents } from '../../../shared/contract/activity-contents';
import type { Ms } from '../../../shared/model/units';
import type { ActivityReader, ActivityRepository, RecordedActivity } from '../../activity/activity-ports';
import { readAside } from '../kept/read-aside';
import type { Transactions } from '../lifecycle/transactions';
import { conditionsOf } from './conditions';
import type { ContentsStore } from './contents-store';
import { errorPattern, teachFailureGroup } from './failure-group.js';
import { FAILED } from './query-conditions';

type Row = Omit<Activity, 'repeated'> & { repeated: 0 | 1 };

/** The database gives each row its id. */
const [, ...COLUMNS] = ACTIVITY_COLUMNS;

/** What is new is counted so far. */
const MOST_NEWS = 1_000;
/** So few rows are looked at without a worker, which takes longer to start. */
const SHORT = 5_000;
const isShort = (after: number | undefined, last: number): boolean => after !== undefined && last - after <= SHORT;
/** More failures than that are not counted. */
const MOST_FAILURES = 50_000;

type GroupRow = Omit<FailureGroup, 'pattern'> & { failed: number; kinds: number };

/** The table `activity`: one row a message with an outcome. */
export class ActivityStore implements ActivityRepository, ActivityReader {
  private readonly db: Database;
  private readonly transactions: Transactions;
  private readonly file: string;
  private readonly ending = new AbortController();
  private readonly insert: Statement<[object]>;
  private readonly contents: ContentsStore;
  private readonly lastId: Statement<[], number>;
  private readonly one: Statement<[number], Row>;
  private readonly lastFailed: Statement<[], Ms>;

  /** @param file - the database, for reads that take long: they happen beside the work */
  constructor(db: Database, transactions: Transactions, file: string, contents: ContentsStore) {
    this.db = db;
    this.contents = contents;
    this.transactions = transactions;
    this.file = file;
    teachFailureGroup(db);
    this.lastId = db.prepare<[], number>('SELECT ifnull(max(activity_id), 0) FROM activity').pluck();
    this.lastFailed = db
      .prepare<[], Ms>(`SELECT at FROM activity WHERE ${FAILED} ORDER BY activity_id DESC LIMIT 1`)
      .pluck();
    const names = COLUMNS.map((name) => `:${name}`).join(', ');
    this.insert = db.prepare(`INSERT INTO activity (${COLUMNS.join(', ')}) VALUES (${names})`);
    this.one = db.prepare(`SELECT activity_id, ${COLUMNS.join(', ')} FROM activity WHERE activity_id = ?`);
  }

  add(rows: readonly RecordedActivity[], undo: () => void = () => {}): void {
    const write = () => {
      for (const { contents, ...row } of rows) {
        const { lastInsertRowid } = this.insert.run({ ...row, repeated: row.repeated ? 1 : 0 });
        if (contents) this.contents.add(Number(lastInsertRowid), contents, row.at);
      }
    };
    const hasContents = rows.some(({ contents }) => contents !== undefined);
    this.transactions.run(() => {
      this.transactions.onRollback(undo);
      if (hasContents) this.contents.writing(write);
      else write();
    });
  }

  /** One row with its contents, where they were recorded and are still kept; null if there is no such row. */
  withContents(activityId: number): ActivityWithContents | null {
    const row = this.one.get(activityId);
    if (!row) return null;
    return { activity: { ...row, repeated: row.repeated === 1 }, contents: this.contents.of(activityId) };
  }

  contentsOf(activityId: number): Contents | null {
    return this.contents.of(activityId);
  }

  async page(query: ActivityQuery): Promise<ActivityPage> {
    const { limit } = query;
    const last_id = this.lastId.get() ?? 0;
    const { where, values, isSlow } = conditionsOf(query);
    const order = query.after === undefined || query.newest === true ? 'DESC' : 'ASC';
    const statement = `SELECT activity_id, ${COLUMNS.join(', ')} FROM activity ${where} ORDER BY activity_id ${order} LIMIT ?`;
    const all = [...values, limit + 1];
    const rows = await this.read<Row>(statement, all, isSlow && !isShort(query.after, last_id));
    const activity = rows.slice(0, limit).map(toActivity);
    return { activity, has_more: rows.length > limit, last_id };
  }

  async news(query: ActivityNewsQuery): Promise<number> {
    const { where, values, isSlow } = conditionsOf(query);
    const statement = `SELECT count(*) AS count FROM (SELECT 1 FROM activity ${where} LIMIT ${MOST_NEWS})`;
    const isAside = isSlow && !isShort(query.after, this.lastId.get() ?? 0);
    const [found] = await this.read<{ count: number }>(statement, values, isAside);
    return found?.count ?? 0;
  }

  async hasMoreThan(most: number, query: ActivityFilterInput & { readonly before?: number | undefined }) {
    const { where, values } = conditionsOf(query);
    const statement = `SELECT activity_id FROM activity ${where} ORDER BY activity_id DESC LIMIT 1 OFFSET ?`;
    return (await this.aside(statement, [...values, most])).length > 0;
  }

  get(activityId: number): Activity | null {
    const row = this.one.get(activityId);
    return row ? toActivity(row) : null;
  }

  async failures({ limit, ...filter }: FailuresQuery): Promise<Failures> {
    const { where, values } = conditionsOf({ ...filter, failed: true });
    // Of the other columns, SQLite takes those of the row with the maximum.
    const statement = `WITH found AS MATERIALIZED (
      SELECT activity_id, at, server, method, name, outcome, error_code, error,
        failure_group(server, method, name, outcome, error_code, error) AS group_id
      FROM activity ${where} ORDER BY activity_id DESC LIMIT ${MOST_FAILURES})
      SELECT group_id, count(*) AS count, max(activity_id) AS last_id, at AS last_at, server, method, name, outcome,
        error_code, error, sum(count(*)) OVER () AS failed, count(*) OVER () AS kinds
      FROM found GROUP BY group_id ORDER BY count DESC, last_id DESC LIMIT ?`;
    const rows = await this.aside<GroupRow>(statement, [...values, limit]);
    const { failed = 0, kinds = 0 } = rows[0] ?? {};
    return {
      groups: rows.map(({ failed: _failed, kinds: _kinds, ...group }) => ({
        ...group,
        pattern: group.error === null ? null : errorPattern(group.error),
      })),
      failed,
      kinds,
      is_partial: failed === MOST_FAILURES,
    };
  }

  lastFailedAt(): Ms | null {
    return this.lastFailed.get() ?? null;
  }

  async countCalls({ server, method, name, from }: Parameters<ActivityReader['countCalls']>[0]): Promise<number> {
    const [counted] = await this.aside<{ count: number }>(
      `SELECT count(*) AS count FROM activity INDEXED BY activity_by_time
         WHERE at >= ? AND ifnull(server, '') = ? AND method = ? AND name = ?`,
      [from, server ?? '', method, name],
    );
    return counted?.count ?? 0;
  }

  /** Gives up what is being read. */
  close(): void {
    this.ending.abort();
  }

  private read<T>(statement: string, values: readonly (string | number)[], isAside: boolean): Promise<T[]> | T[] {
    return isAside
      ? this.aside<T>(statement, values)
      : this.db.prepare<(string | number)[], T>(statement).all(...values);
  }

  private aside<T>(statement: string, values: readonly (string | number)[]): Promise<T[]> {
    return readAside<T>(this.file, statement, values, this.ending.signal);
  }
}

const toActivity = (row: Row): Activity => ({ ...row, repeated: row.repeated === 1 });
