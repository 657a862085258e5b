import type { Database, Statement } from 'better-sqlite3';
import type { Transactions } from './lifecycle/transactions';

/** Named JSON values that survive a restart. */
export class SettingsStore {
  private readonly transactions: Transactions;
  private readonly read: Statement<[name: string], string>;
  private readonly write: Statement<[name: string, value: string]>;
  private readonly erase: Statement<[name: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.read = db.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
    this.write = db.prepare(
      'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.erase = db.prepare('DELETE FROM settings WHERE name = ?');
  }

  /** The value, or null if it was never set. The type is not checked; another version may have written something else. */
  get<T>(name: string): T | null {
    const text = this.read.get(name);
    return text === undefined ? null : (JSON.parse(text) as T);
  }

  /** @param value - anything that JSON can represent, so not undefined */
  set(name: string, value: unknown): void {
    this.transactions.run(() => this.write.run(name, JSON.stringify(value)));
  }

  /** As if it had never been set. */
  remove(name: string): void {
    this.transactions.run(() => this.erase.run(name));
  }
}
