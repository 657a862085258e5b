import type { Database, Statement } from 'better-sqlite3';
import { MINUTE, type Ms } from '../../shared/model/units';
import type { Transactions } from './lifecycle/transactions';

/** `last_used_at` is written at most this often. */
const USE_PERIOD: Ms = MINUTE;

/** Browser sign-ins. Tokens are looked up by their SHA-256 in hex; the tokens themselves are never stored. */
export class UiTokenStore {
  private readonly transactions: Transactions;
  private readonly insertion: Statement<[tokenHash: string, createdAt: Ms, expiresAt: Ms]>;
  private readonly byHash: Statement<[tokenHash: string, now: Ms], { last_used_at: Ms | null }>;
  private readonly mark: Statement<[now: Ms, expiresAt: Ms, tokenHash: string]>;
  private readonly removal: Statement<[tokenHash: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.insertion = db.prepare('INSERT INTO ui_tokens (token_hash, created_at, expires_at) VALUES (?, ?, ?)');
    this.byHash = db.prepare('SELECT last_used_at FROM ui_tokens WHERE token_hash = ? AND expires_at > ?');
    this.mark = db.prepare('UPDATE ui_tokens SET last_used_at = ?, expires_at = ? WHERE token_hash = ?');
    this.removal = db.prepare('DELETE FROM ui_tokens WHERE token_hash = ?');
  }

  insert(tokenHash: string, createdAt: Ms, expiresAt: Ms): void {
    this.transactions.run(() => this.insertion.run(tokenHash, createdAt, expiresAt));
  }

  /**
   * Whether the token is known and has not expired. Records its use and extends its life, at most once a minute.
   * @param expiresAt - when a token that is used now expires
   */
  use(tokenHash: string, now: Ms, expiresAt: Ms): boolean {
    const row = this.byHash.get(tokenHash, now);
    if (!row) return false;
    if (now - (row.last_used_at ?? 0) >= USE_PERIOD) {
      this.transactions.attempt(() => this.mark.run(now, expiresAt, tokenHash));
    }
    return true;
  }

  remove(tokenHash: string): void {
    this.transactions.run(() => this.removal.run(tokenHash));
  }
}
