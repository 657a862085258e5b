import type { Database, Statement } from 'better-sqlite3';
import type { KnownTool, KnownToolRepository } from '../upstream/upstream-ports';
import type { Transactions } from './lifecycle/transactions';

type Row = Omit<KnownTool, 'accepted' | 'current' | 'seen'> & {
  readonly accepted: string;
  readonly current: string | null;
  readonly seen: string;
};

/** The table `known_tools`: one row a tool of each server. */
export class KnownToolStore implements KnownToolRepository {
  private readonly transactions: Transactions;
  private readonly everything: Statement<[], Row>;
  private readonly upsert: Statement<[Row]>;
  private readonly forgetting: Statement<[server: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.everything = db.prepare('SELECT * FROM known_tools ORDER BY server, tool');
    this.forgetting = db.prepare('DELETE FROM known_tools WHERE server = ?');
    this.upsert = db.prepare(
      `INSERT OR REPLACE INTO known_tools (server, tool, accepted, current, used_at, changed_at, looked_at, seen)
       VALUES (:server, :tool, :accepted, :current, :used_at, :changed_at, :looked_at, :seen)`,
    );
  }

  all(): KnownTool[] {
    return this.everything.all().map((row) => ({
      ...row,
      accepted: JSON.parse(row.accepted),
      current: row.current === null ? null : JSON.parse(row.current),
      seen: JSON.parse(row.seen),
    }));
  }

  replace(server: string, tools: readonly KnownTool[]): void {
    this.transactions.run(() => {
      this.forgetting.run(server);
      for (const known of tools) this.save(known);
    });
  }

  save(known: KnownTool): void {
    const { accepted, current, seen } = known;
    const row: Row = {
      ...known,
      accepted: JSON.stringify(accepted),
      current: current && JSON.stringify(current),
      seen: JSON.stringify(seen),
    };
    this.transactions.run(() => this.upsert.run(row));
  }
}
