import type { Database, Statement } from 'better-sqlite3';
import type { Ms } from '../../../shared/model/units';
import type { PatienceRepository } from '../../long-calls/long-call-ports';
import { type KeptPatience, NO_PATIENCE } from '../../long-calls/patience';
import type { Transactions } from '../lifecycle/transactions';

/** Tools that are remembered; those that nobody has seen for the longest time go first. */
const MOST_TOOLS = 2_000;
/** Answers that are held in memory, of clients and of tools each. */
const MOST_HELD = 2_000;

/**
 * The tables `client_patience` and `long_tools`. What cannot be written is forgotten: the next call teaches it again. Each call
 * asks three times, so answers are held until something is written; nothing else writes these tables.
 */
export class PatienceStore implements PatienceRepository {
  private readonly transactions: Transactions;
  private readonly now: () => Ms;
  private readonly find: Statement<[clientId: string], KeptPatience>;
  private readonly upsert: Statement<[KeptPatience & { client_id: string }]>;
  private readonly findTool: Statement<[server: string, tool: string], Ms>;
  private readonly upsertTool: Statement<[server: string, tool: string, ms: Ms, at: Ms]>;
  private readonly surplus: Statement<[most: number]>;
  private readonly heldClients = new Map<string, KeptPatience>();
  private readonly heldTools = new Map<string, Ms>();

  constructor(db: Database, transactions: Transactions, now: () => Ms) {
    this.transactions = transactions;
    this.now = now;
    this.find = db.prepare('SELECT set_ms, learned_ms, last_ms FROM client_patience WHERE client_id = ?');
    // A client that was removed meanwhile must not come back here.
    this.upsert = db.prepare(
      `INSERT INTO client_patience (client_id, set_ms, learned_ms, last_ms)
         SELECT client_id, :set_ms, :learned_ms, :last_ms FROM clients WHERE client_id = :client_id
         ON CONFLICT DO UPDATE SET set_ms = excluded.set_ms, learned_ms = excluded.learned_ms, last_ms = excluded.last_ms`,
    );
    this.findTool = db
      .prepare<[string, string], Ms>('SELECT longest_ms FROM long_tools WHERE server = ? AND tool = ?')
      .pluck();
    this.upsertTool = db.prepare(
      `INSERT INTO long_tools (server, tool, longest_ms, seen_at) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET longest_ms = max(longest_ms, excluded.longest_ms), seen_at = excluded.seen_at`,
    );
    this.surplus = db.prepare(
      `DELETE FROM long_tools WHERE (server, tool) IN
         (SELECT server, tool FROM long_tools ORDER BY seen_at DESC LIMIT -1 OFFSET ?)`,
    );
  }

  of(clientId: string): KeptPatience {
    return held(this.heldClients, clientId, () => this.find.get(clientId) ?? NO_PATIENCE);
  }

  keep(clientId: string, { set_ms, learned_ms, last_ms }: KeptPatience): void {
    try {
      this.transactions.run(() => this.upsert.run({ client_id: clientId, set_ms, learned_ms, last_ms }));
    } finally {
      this.heldClients.delete(clientId);
    }
  }

  longest(server: string, tool: string): Ms {
    return held(this.heldTools, JSON.stringify([server, tool]), () => this.findTool.get(server, tool) ?? 0);
  }

  tookLonger(server: string, tool: string, ms: Ms): void {
    this.transactions.attempt(() => {
      this.upsertTool.run(server, tool, Math.round(ms), this.now());
      this.surplus.run(MOST_TOOLS);
    });
    this.heldTools.clear();
  }
}

function held<T>(all: Map<string, T>, key: string, read: () => T): T {
  const known = all.get(key);
  if (known !== undefined) return known;
  const value = read();
  if (all.size >= MOST_HELD) all.clear();
  all.set(key, value);
  return value;
}
