import type { Database, Statement } from 'better-sqlite3';
import type { FoundTool, FoundToolRepository } from '../../tool-sets/tool-set-ports';
import type { Transactions } from '../lifecycle/transactions';

/** The table `found_tools`: what a search has found in each session. It goes with its session. */
export class FoundToolStore implements FoundToolRepository {
  private readonly transactions: Transactions;
  private readonly inOrder: Statement<[sessionId: string], FoundTool>;
  private readonly insertion: Statement<[FoundTool & { session_id: string }]>;
  private readonly surplus: Statement<[sessionId: string, sessionId: string, most: number]>;
  private readonly forgetting: Statement<[server: string]>;
  private readonly renaming: Statement<[to: string, from: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.inOrder = db.prepare('SELECT server, tool FROM found_tools WHERE session_id = ? ORDER BY place');
    // A session that is gone meanwhile has found nothing.
    this.insertion = db.prepare(
      `INSERT INTO found_tools (session_id, server, tool, place)
         SELECT :session_id, :server, :tool, 1 + ifnull((SELECT max(place) FROM found_tools WHERE session_id = :session_id), 0)
           WHERE EXISTS (SELECT 1 FROM mcp_sessions WHERE session_id = :session_id)
       ON CONFLICT DO NOTHING`,
    );
    this.surplus = db.prepare(
      `DELETE FROM found_tools WHERE session_id = ? AND place <=
         (SELECT place FROM found_tools WHERE session_id = ? ORDER BY place DESC LIMIT 1 OFFSET ?)`,
    );
    this.forgetting = db.prepare('DELETE FROM found_tools WHERE server = ?');
    this.renaming = db.prepare('UPDATE found_tools SET server = ? WHERE server = ?');
  }

  of(sessionId: string): FoundTool[] {
    return this.inOrder.all(sessionId);
  }

  add(session_id: string, tools: readonly FoundTool[], most: number): number {
    return this.transactions.run(() => {
      const added = tools.filter((tool) => this.insertion.run({ session_id, ...tool }).changes > 0).length;
      if (added > 0) this.surplus.run(session_id, session_id, most);
      return added;
    });
  }

  rename(from: string, to: string): void {
    // Only what is listed depends on it.
    this.transactions.attempt(() => {
      this.forgetting.run(to);
      this.renaming.run(to, from);
    });
  }
}
