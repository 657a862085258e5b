import type { Database, Statement } from 'better-sqlite3';
import type { GivenTask, TaskRepository } from '../mcp/stored-tasks';
import type { Transactions } from './lifecycle/transactions';

const MAX_PER_CLIENT = 2_000;

/** The table `tasks`: one row a task that a client was given. */
export class TaskStore implements TaskRepository {
  private readonly transactions: Transactions;
  private readonly upsert: Statement<[GivenTask]>;
  private readonly others: Statement<[GivenTask]>;
  private readonly surplus: Statement<[clientId: string, most: number]>;
  private readonly one: Statement<[server: string, taskId: string, clientId: string], number>;
  private readonly servers: Statement<[clientId: string], string>;
  private readonly renamed: Statement<[server: string, taskId: string, clientId: string], string>;
  private readonly setServer: Statement<[{ from: string; to: string }]>;
  private readonly setClient: Statement<[{ session: string; to: string }]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.upsert = db.prepare(
      `INSERT OR REPLACE INTO tasks (server, task_id, client_id, session_id, given_at)
       VALUES (:server, :task_id, :client_id, :session_id, :given_at)`,
    );
    this.others = db.prepare(
      'DELETE FROM tasks WHERE server = :server AND task_id = :task_id AND client_id <> :client_id',
    );
    this.surplus = db.prepare(
      `DELETE FROM tasks WHERE task_seq IN
         (SELECT task_seq FROM tasks WHERE client_id = ? ORDER BY task_seq DESC LIMIT -1 OFFSET ?)`,
    );
    this.one = db
      .prepare<[string, string, string], number>(
        'SELECT 1 FROM tasks WHERE server = ? AND task_id = ? AND client_id = ?',
      )
      .pluck();
    this.servers = db.prepare<[string], string>('SELECT DISTINCT server FROM tasks WHERE client_id = ?').pluck();
    this.renamed = db
      .prepare<[string, string, string], string>(
        `SELECT server FROM tasks WHERE named_as = ? AND task_id = ? AND client_id = ? AND server <> named_as
         ORDER BY task_seq DESC LIMIT 1`,
      )
      .pluck();
    this.setServer = db.prepare(
      `UPDATE OR REPLACE tasks SET server = :to, named_as = coalesce(named_as, server) WHERE server = :from`,
    );
    this.setClient = db.prepare(
      'UPDATE OR REPLACE tasks SET client_id = :to WHERE session_id = :session AND client_id <> :to',
    );
  }

  give(task: GivenTask, isTaken: boolean): void {
    this.transactions.run(() => {
      if (isTaken) this.others.run(task);
      this.upsert.run(task);
      this.surplus.run(task.client_id, MAX_PER_CLIENT);
    });
  }

  isGiven(server: string, taskId: string, clientId: string): boolean {
    return this.one.get(server, taskId, clientId) !== undefined;
  }

  serversOf(clientId: string): string[] {
    return this.servers.all(clientId);
  }

  renamedFrom(server: string, taskId: string, clientId: string): string | null {
    return this.renamed.get(server, taskId, clientId) ?? null;
  }

  rename(from: string, to: string): void {
    this.transactions.run(() => this.setServer.run({ from, to }));
  }

  /** The tasks that were begun in a session are this client's from now on, and nobody else's. */
  follow(session: string, to: string): void {
    this.transactions.run(() => {
      this.setClient.run({ session, to });
      this.surplus.run(to, MAX_PER_CLIENT);
    });
  }
}
