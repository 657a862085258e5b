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

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.upsert = db.prepare(
      `INSERT OR REPLACE INTO tasks (server, task_id, client_id, given_at)
       VALUES (:server, :task_id, :client_id, :given_at)`,
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
}
