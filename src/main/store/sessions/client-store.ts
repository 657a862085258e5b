import type { Database, Statement } from 'better-sqlite3';
import type { Client } from '../../../shared/contract/client';
import type { Ms } from '../../../shared/model/units';
import type { ClientRepository } from '../../sessions/session-ports';
import type { Transactions } from '../lifecycle/transactions';

const SELECT =
  'SELECT client_id, name, type, type_name, policy, new_process, may_take_over, created_at, first_seen_at, last_seen_at FROM clients';

type ClientRow = Omit<Client, 'may_take_over'> & { may_take_over: number };

const fromRow = (row: ClientRow): Client => ({ ...row, may_take_over: row.may_take_over === 1 });

/** The table `clients`. Keys are looked up by their SHA-256; no key is ever stored. */
export class ClientStore implements ClientRepository {
  private readonly transactions: Transactions;
  private readonly insertion: Statement<[ClientRow & { key_hash: string }]>;
  private readonly byHash: Statement<[keyHash: string], ClientRow>;
  private readonly byId: Statement<[clientId: string], ClientRow>;
  private readonly all: Statement<[], ClientRow>;
  private readonly policy: Statement<[policy: string, clientId: string]>;
  private readonly newProcess: Statement<[newProcess: string, clientId: string]>;
  private readonly mayTakeOver: Statement<[may: number, clientId: string]>;
  private readonly mark: Statement<[{ client_id: string; at: Ms }]>;
  private readonly removal: Statement<[clientId: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.insertion = db.prepare(
      `INSERT INTO clients (client_id, name, type, type_name, policy, new_process, may_take_over, key_hash,
         created_at, first_seen_at, last_seen_at)
       VALUES (:client_id, :name, :type, :type_name, :policy, :new_process, :may_take_over, :key_hash,
         :created_at, :first_seen_at, :last_seen_at)`,
    );
    this.byHash = db.prepare(`${SELECT} WHERE key_hash = ?`);
    this.byId = db.prepare(`${SELECT} WHERE client_id = ?`);
    this.all = db.prepare(`${SELECT} ORDER BY created_at DESC, client_id`);
    this.policy = db.prepare('UPDATE clients SET policy = ? WHERE client_id = ?');
    this.newProcess = db.prepare('UPDATE clients SET new_process = ? WHERE client_id = ?');
    this.mayTakeOver = db.prepare('UPDATE clients SET may_take_over = ? WHERE client_id = ?');
    this.mark = db.prepare(
      `UPDATE clients SET first_seen_at = coalesce(first_seen_at, :at), last_seen_at = max(coalesce(last_seen_at, 0), :at)
       WHERE client_id = :client_id`,
    );
    this.removal = db.prepare('DELETE FROM clients WHERE client_id = ?');
  }

  insert(client: Client, keyHash: string): void {
    this.transactions.run(() =>
      this.insertion.run({ ...client, may_take_over: Number(client.may_take_over), key_hash: keyHash }),
    );
  }

  byKeyHash(keyHash: string): Client | null {
    const row = this.byHash.get(keyHash);
    return row ? fromRow(row) : null;
  }

  get(clientId: string): Client | null {
    const row = this.byId.get(clientId);
    return row ? fromRow(row) : null;
  }

  /** All clients, newest first. */
  list(): Client[] {
    return this.all.all().map(fromRow);
  }

  setPolicy(clientId: string, policy: Client['policy']): void {
    this.transactions.run(() => this.policy.run(policy, clientId));
  }

  setNewProcess(clientId: string, newProcess: Client['new_process']): void {
    this.transactions.run(() => this.newProcess.run(newProcess, clientId));
  }

  setMayTakeOver(clientId: string, may: boolean): void {
    this.transactions.run(() => this.mayTakeOver.run(Number(may), clientId));
  }

  /**
   * Records a request from the client. The first one sets `first_seen_at`. While the database cannot be written, this
   * does nothing: that is no reason to refuse the request.
   */
  seen(clientId: string, at: Ms): void {
    this.transactions.attempt(() => this.mark.run({ client_id: clientId, at }));
  }

  remove(clientId: string): void {
    this.transactions.run(() => this.removal.run(clientId));
  }
}
