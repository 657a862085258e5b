import type { Database, Statement } from 'better-sqlite3';
import type { ServerFailure, ServerFailureRepository } from '../upstream/upstream-ports';
import type { Transactions } from './lifecycle/transactions';

/** The table `server_failures`: one row a server whose last start failed. */
export class ServerFailureStore implements ServerFailureRepository {
  private readonly transactions: Transactions;
  private readonly everything: Statement<[], ServerFailure>;
  private readonly upsert: Statement<[ServerFailure]>;
  private readonly removal: Statement<[server: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.everything = db.prepare('SELECT * FROM server_failures');
    this.upsert = db.prepare(
      `INSERT OR REPLACE INTO server_failures (server, fingerprint, error, failed_at)
       VALUES (:server, :fingerprint, :error, :failed_at)`,
    );
    this.removal = db.prepare('DELETE FROM server_failures WHERE server = ?');
  }

  all(): ServerFailure[] {
    return this.everything.all();
  }

  save(failure: ServerFailure): void {
    this.transactions.run(() => this.upsert.run(failure));
  }

  remove(server: string): void {
    this.transactions.run(() => this.removal.run(server));
  }
}
