import type { Database, Statement } from 'better-sqlite3';
import type { Ms } from '../../shared/model/units';
import type { ServerListRepository, StoredLists } from '../mcp/stored-lists';
import type { Transactions } from './lifecycle/transactions';

type Row = Omit<StoredLists, 'is_complete'> & { readonly is_complete: 0 | 1 };

/** The table `server_lists`: one row a server. */
export class ServerListStore implements ServerListRepository {
  private readonly transactions: Transactions;
  private readonly everything: Statement<[], Row>;
  private readonly one: Statement<[server: string], Row>;
  private readonly times: Statement<[], Omit<Row, 'pages' | 'introduction'>>;
  private readonly hearing: Statement<[at: Ms, server: string]>;
  private readonly upsert: Statement<[Row]>;
  private readonly removal: Statement<[server: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.everything = db.prepare('SELECT * FROM server_lists ORDER BY learned_at');
    this.one = db.prepare('SELECT * FROM server_lists WHERE server = ?');
    this.times = db.prepare('SELECT server, fingerprint, is_complete, learned_at, heard_at FROM server_lists');
    this.hearing = db.prepare('UPDATE server_lists SET heard_at = ? WHERE server = ?');
    this.upsert = db.prepare(
      `INSERT OR REPLACE INTO server_lists (server, fingerprint, is_complete, learned_at, heard_at, pages, introduction)
       VALUES (:server, :fingerprint, :is_complete, :learned_at, :heard_at, :pages, :introduction)`,
    );
    this.removal = db.prepare('DELETE FROM server_lists WHERE server = ?');
  }

  /** Oldest first. */
  all(): StoredLists[] {
    return this.everything.all().map(listsOf);
  }

  of(server: string): StoredLists | null {
    const row = this.one.get(server);
    return row ? listsOf(row) : null;
  }

  ages(): Omit<StoredLists, 'pages' | 'introduction'>[] {
    return this.times.all().map((row) => ({ ...row, is_complete: row.is_complete === 1 }));
  }

  heard(server: string, at: Ms): void {
    this.transactions.run(() => this.hearing.run(at, server));
  }

  save(lists: StoredLists): void {
    this.transactions.run(() => this.upsert.run({ ...lists, is_complete: lists.is_complete ? 1 : 0 }));
  }

  remove(server: string): void {
    this.transactions.run(() => this.removal.run(server));
  }
}

const listsOf = (row: Row): StoredLists => ({ ...row, is_complete: row.is_complete === 1 });
