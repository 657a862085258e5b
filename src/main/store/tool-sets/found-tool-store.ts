import type { Database, Statement } from 'better-sqlite3';
import type { FoundTool, FoundToolRepository } from '../../tool-sets/tool-set-ports';
import type { Transactions } from '../lifecycle/transactions';

/** The table `found_tools`: what a search has found in each session. It goes with its session. */
export class FoundToolStore implements FoundToolRepository {
  private readonly transactions: Transactions;
  private readonly inOrder: Statement<[sessionId: string], FoundTool>;
  private readonly insertion: Statement<[FoundTool & { session_id: string }]>;
  private readonly removal: Statement<[sessionId: string, server: string, tool: string]>;
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
    this.removal = db.prepare('DELETE FROM found_tools WHERE session_id = ? AND server = ? AND tool = ?');
    this.forgetting = db.prepare('DELETE FROM found_tools WHERE server = ?');
    this.renaming = db.prepare('UPDATE found_tools SET server = ? WHERE server = ?');
  }

  of(sessionId: string): FoundTool[] {
    return this.inOrder.all(sessionId);
  }

  add(session_id: string, tools: readonly FoundTool[], most: number): number {
    return this.transactions.run(() => {
      const added = tools.filter((tool) => this.insertion.run({ session_id, ...tool }).changes > 0).length;
      if (added > 0) this.forgetFirst(session_id, tools, most);
      return added;
    });
  }

  /** Forgets what is beyond `most`: what was found first, and of this search only when nothing else is left. */
  private forgetFirst(sessionId: string, tools: readonly FoundTool[], most: number): void {
    const all = this.of(sessionId);
    const isOfNow = (one: FoundTool) => tools.some(({ server, tool }) => server === one.server && tool === one.tool);
    const inTurn = [...all.filter((one) => !isOfNow(one)), ...all.filter(isOfNow)];
    for (const { server, tool } of inTurn.slice(0, Math.max(0, all.length - most))) {
      this.removal.run(sessionId, server, tool);
    }
  }

  rename(from: string, to: string): void {
    // Only what is listed depends on it.
    this.transactions.attempt(() => {
      this.forgetting.run(to);
      this.renaming.run(to, from);
    });
  }
}
