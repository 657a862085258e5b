import type { Database, Statement } from 'better-sqlite3';
import type { ToolUseRepository, UsedOnDay } from '../../tool-sets/tool-set-ports';
import type { Transactions } from '../lifecycle/transactions';

/** Rows that are kept in all: 500 tools on each of 35 days. The oldest days go first. */
const MOST_ROWS = 17_500;

/** The table `tool_use`: how often each tool was called on each day. */
export class ToolUseStore implements ToolUseRepository {
  private readonly transactions: Transactions;
  private readonly insertion: Statement<[UsedOnDay]>;
  private readonly old: Statement<[day: number]>;
  private readonly surplus: Statement<[most: number]>;
  private readonly forgetting: Statement<[server: string]>;
  private readonly renaming: Statement<[to: string, from: string]>;
  private readonly since: Statement<[server: string, day: number], UsedOnDay>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.insertion = db.prepare(
      `INSERT INTO tool_use (server, tool, day, calls) VALUES (:server, :tool, :day, :calls)
       ON CONFLICT DO UPDATE SET calls = calls + excluded.calls`,
    );
    this.old = db.prepare('DELETE FROM tool_use WHERE day < ?');
    this.surplus = db.prepare(
      'DELETE FROM tool_use WHERE day <= (SELECT day FROM tool_use ORDER BY day DESC LIMIT 1 OFFSET ?)',
    );
    this.forgetting = db.prepare('DELETE FROM tool_use WHERE server = ?');
    this.renaming = db.prepare('UPDATE tool_use SET server = ? WHERE server = ?');
    this.since = db.prepare('SELECT server, tool, day, calls FROM tool_use WHERE server = ? AND day >= ?');
  }

  add(used: readonly UsedOnDay[], oldest: number): void {
    this.transactions.run(() => {
      for (const one of used) this.insertion.run(one);
      this.old.run(oldest);
      this.surplus.run(MOST_ROWS);
    });
  }

  rename(from: string, to: string): void {
    this.transactions.run(() => {
      this.forgetting.run(to);
      this.renaming.run(to, from);
    });
  }

  of(server: string, since: number): UsedOnDay[] {
    return this.since.all(server, since);
  }
}
