import type { Database, Statement } from 'better-sqlite3';
import type { Client } from '../../../shared/contract/client';
import type { Ms } from '../../../shared/model/units';
import type { ClientKeys, ClientRepository, OldKeyEnd, OldKeyHolder, OldKeyTimes } from '../../sessions/session-ports';
import type { Transactions } from '../lifecycle/transactions';

const SELECT = `SELECT clients.client_id, name, type, type_name, policy, new_process, may_take_over, created_at, first_seen_at, last_seen_at,
    key_used_at, old.key_hash AS old_hash, old.valid_until, old.until_lived, old.last_used_at
  FROM clients LEFT JOIN old_client_keys old ON old.client_id = clients.client_id`;
const OLD_KEYS = 'SELECT client_id, key_hash, valid_until, until_lived FROM old_client_keys';

type Row = Omit<Client, 'old_key' | 'may_take_over'> & {
  may_take_over: number;
  old_hash: string | null;
  valid_until: Ms;
  until_lived: Ms;
  last_used_at: Ms | null;
};

/** The table `clients`. Keys are looked up by their SHA-256; no key is ever stored. */
export class ClientStore implements ClientRepository {
  private readonly transactions: Transactions;
  private readonly insertion: Statement<
    [Omit<Client, 'old_key' | 'may_take_over'> & { key_hash: string; may_take_over: number }]
  >;
  private readonly byHash: Statement<[keyHash: string], Row>;
  private readonly byOldHash: Statement<[keyHash: string], Row>;
  private readonly byId: Statement<[clientId: string], Row>;
  private readonly all: Statement<[], Row>;
  private readonly policy: Statement<[policy: string, clientId: string]>;
  private readonly newProcess: Statement<[newProcess: string, clientId: string]>;
  private readonly mayTakeOver: Statement<[may: number, clientId: string]>;
  private readonly mark: Statement<[{ client_id: string; at: Ms }]>;
  private readonly markKey: Statement<[{ client_id: string; at: Ms }]>;
  private readonly markOld: Statement<[{ client_id: string; at: Ms }]>;
  private readonly keepOld: Statement<[{ client_id: string } & OldKeyTimes]>;
  private readonly prolongOld: Statement<[{ client_id: string } & OldKeyTimes]>;
  private readonly newKey: Statement<[keyHash: string, clientId: string]>;
  private readonly oldAgain: Statement<[clientId: string]>;
  private readonly oldRemoval: Statement<[clientId: string]>;
  private readonly presentKey: Statement<[clientId: string], { key_hash: string }>;
  private readonly oldKeyOf: Statement<[clientId: string], OldKeyEnd>;
  private readonly allOld: Statement<[], OldKeyEnd>;
  private readonly removal: Statement<[clientId: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.insertion = db.prepare(
      `INSERT INTO clients (client_id, name, type, type_name, policy, new_process, may_take_over, key_hash, created_at, first_seen_at, last_seen_at,
         key_used_at)
       VALUES (:client_id, :name, :type, :type_name, :policy, :new_process, :may_take_over, :key_hash, :created_at, :first_seen_at, :last_seen_at,
         :key_used_at)`,
    );
    this.byHash = db.prepare(`${SELECT} WHERE clients.key_hash = ?`);
    this.byOldHash = db.prepare(`${SELECT} WHERE old.key_hash = ?`);
    this.byId = db.prepare(`${SELECT} WHERE clients.client_id = ?`);
    this.all = db.prepare(`${SELECT} ORDER BY created_at DESC, clients.client_id`);
    this.policy = db.prepare('UPDATE clients SET policy = ? WHERE client_id = ?');
    this.newProcess = db.prepare('UPDATE clients SET new_process = ? WHERE client_id = ?');
    this.mayTakeOver = db.prepare('UPDATE clients SET may_take_over = ? WHERE client_id = ?');
    this.mark = db.prepare(
      `UPDATE clients SET first_seen_at = coalesce(first_seen_at, :at), last_seen_at = max(coalesce(last_seen_at, 0), :at)
       WHERE client_id = :client_id`,
    );
    this.markKey = db.prepare(
      'UPDATE clients SET key_used_at = max(coalesce(key_used_at, 0), :at) WHERE client_id = :client_id',
    );
    this.markOld = db.prepare(
      'UPDATE old_client_keys SET last_used_at = max(coalesce(last_used_at, 0), :at) WHERE client_id = :client_id',
    );
    this.keepOld = db.prepare(
      `INSERT OR REPLACE INTO old_client_keys (client_id, key_hash, valid_until, until_lived, last_used_at)
       SELECT client_id, key_hash, :valid_until, :until_lived, key_used_at FROM clients WHERE client_id = :client_id`,
    );
    this.prolongOld = db.prepare(
      'UPDATE old_client_keys SET valid_until = :valid_until, until_lived = :until_lived WHERE client_id = :client_id',
    );
    this.newKey = db.prepare('UPDATE clients SET key_hash = ?, key_used_at = NULL WHERE client_id = ?');
    this.oldAgain = db.prepare(
      `UPDATE clients SET key_hash = old.key_hash, key_used_at = old.last_used_at
       FROM old_client_keys old WHERE old.client_id = clients.client_id AND clients.client_id = ?`,
    );
    this.oldRemoval = db.prepare('DELETE FROM old_client_keys WHERE client_id = ?');
    this.presentKey = db.prepare('SELECT key_hash FROM clients WHERE client_id = ?');
    this.oldKeyOf = db.prepare(`${OLD_KEYS} WHERE client_id = ?`);
    this.allOld = db.prepare(OLD_KEYS);
    this.removal = db.prepare('DELETE FROM clients WHERE client_id = ?');
  }

  insert({ old_key: _, ...client }: Client, keyHash: string): void {
    this.transactions.run(() =>
      this.insertion.run({ ...client, may_take_over: Number(client.may_take_over), key_hash: keyHash }),
    );
  }

  byKeyHash(keyHash: string): Client | null {
    return clientOf(this.byHash.get(keyHash));
  }

  byOldKeyHash(keyHash: string): OldKeyHolder | null {
    const row = this.byOldHash.get(keyHash);
    const client = clientOf(row);
    return row && client ? { client, valid_until: row.valid_until, until_lived: row.until_lived } : null;
  }

  get(clientId: string): Client | null {
    return clientOf(this.byId.get(clientId));
  }

  /** All clients, newest first. */
  list(): Client[] {
    return this.all.all().flatMap((row) => clientOf(row) ?? []);
  }

  renewKey(clientId: string, keyHash: string, times: OldKeyTimes): void {
    this.transactions.run(() => {
      this.keepOld.run({ client_id: clientId, ...times });
      this.newKey.run(keyHash, clientId);
    });
  }

  replaceKey(clientId: string, keyHash: string, times: OldKeyTimes): void {
    this.transactions.run(() => {
      this.prolongOld.run({ client_id: clientId, ...times });
      this.newKey.run(keyHash, clientId);
    });
  }

  restoreOldKey(clientId: string): void {
    this.transactions.run(() => {
      this.oldAgain.run(clientId);
      this.oldRemoval.run(clientId);
    });
  }

  endOldKey(clientId: string): void {
    this.transactions.run(() => this.oldRemoval.run(clientId));
  }

  keysOf(clientId: string): ClientKeys | null {
    const present = this.presentKey.get(clientId)?.key_hash;
    return present === undefined ? null : { present, old: this.oldKeyOf.get(clientId) ?? null };
  }

  oldKeys(): OldKeyEnd[] {
    return this.allOld.all();
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
    this.transactions.attempt(() => {
      this.mark.run({ client_id: clientId, at });
      this.markKey.run({ client_id: clientId, at });
    });
  }

  /** As {@link seen}, with the key from before. It is a sign of life of the client, too. */
  seenWithOldKey(clientId: string, at: Ms): void {
    this.transactions.attempt(() => {
      this.mark.run({ client_id: clientId, at });
      this.markOld.run({ client_id: clientId, at });
    });
  }

  remove(clientId: string): void {
    this.transactions.run(() => this.removal.run(clientId));
  }
}

function clientOf(row: Row | undefined): Client | null {
  if (!row) return null;
  const { old_hash, valid_until, until_lived: _, last_used_at, may_take_over, ...client } = row;
  return {
    ...client,
    may_take_over: may_take_over === 1,
    old_key: old_hash === null ? null : { valid_until, last_used_at },
  };
}
