import type { Database, Statement } from 'better-sqlite3';
import type { HeldCall, HeldCallRepository } from '../upstream/upstream-ports';
import type { Transactions } from './lifecycle/transactions';

/** The table `held_calls`: one row a call that waits for a login, or until it is known what its tool says now. */
export class HeldCallStore implements HeldCallRepository {
  private readonly transactions: Transactions;
  private readonly everything: Statement<[], HeldCall>;
  private readonly upsert: Statement<[HeldCall]>;
  private readonly removal: Statement<[callId: number]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.everything = db.prepare('SELECT * FROM held_calls ORDER BY call_id');
    this.upsert = db.prepare(
      'INSERT OR REPLACE INTO held_calls (call_id, server, held_at, request) VALUES (:call_id, :server, :held_at, :request)',
    );
    this.removal = db.prepare('DELETE FROM held_calls WHERE call_id = ?');
  }

  all(): HeldCall[] {
    return this.everything.all();
  }

  save(call: HeldCall): void {
    this.transactions.run(() => this.upsert.run(call));
  }

  remove(callId: number): void {
    this.transactions.run(() => this.removal.run(callId));
  }
}
