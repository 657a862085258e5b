import type { Database, Statement } from 'better-sqlite3';
import { DAY, type Ms } from '../../../shared/model/units';
import type { StreamStore } from '../events/stream-store';
import { overwriting } from './secure-delete';
import type { Transactions } from './transactions';

/** Most rows that one call removes from one table, which takes about 10 ms. */
export const RETENTION_STEP = 5_000;
/** Removing a session removes its transports too, so fewer are removed at once. */
const SESSION_STEP = 500;
/** Free pages returned to the file system at once: 4 MiB. */
const VACUUM_PAGES = 1_000;
/** One call returns pages for this long at most. */
const VACUUM_TIME: Ms = 50;

const MINUTES_KEPT: Ms = 30 * DAY;
const MESSAGES_KEPT: Ms = DAY;
const MESSAGES_PER_SESSION = 10_000;

/**
 * Ended sessions, and ended transports, however young they are: a client that opens one after the other for weeks must not fill
 * the disk with rows that no limit in MiB counts.
 */
const MOST_ENDED = { sessions: 50_000, transports: 100_000 };

/** How long what has happened is kept. */
export interface KeptTimes {
  /** Events, tasks, and sessions and transports that have ended. */
  readonly events: Ms;
  /** What was called. */
  readonly activity: Ms;
  /** History by the hour; by the minute it is kept for 30 days at most. */
  readonly history: Ms;
}

interface Rule {
  readonly kept: () => Ms;
  readonly limit: number;
  /** With what was in messages, which has to be overwritten. */
  readonly holdsContents: boolean;
  readonly statement: Statement<[before: Ms, limit: number]>;
}

/** Removes rows past their retention time, a bounded number per call, so that no call is noticeable. */
export class Retention {
  private readonly db: Database;
  private readonly transactions: Transactions;
  private readonly streams: StreamStore;
  private readonly rules: readonly Rule[];
  /** Remove what is beyond a number, however young it is. */
  private readonly surplus: readonly {
    readonly limit: number;
    readonly statement: Statement<[limit: number, most: number]>;
    readonly most: number;
  }[];
  private kept: KeptTimes = { events: 30 * DAY, activity: 7 * DAY, history: 400 * DAY };

  constructor(db: Database, transactions: Transactions, streams: StreamStore, most = MOST_ENDED) {
    this.db = db;
    this.transactions = transactions;
    this.streams = streams;
    const rule = (kept: () => Ms, table: string, key: string, time: string, limit = RETENTION_STEP): Rule => ({
      kept,
      limit,
      holdsContents: table === 'activity',
      statement: db.prepare(
        `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${time} < ? ORDER BY ${time} LIMIT ?)`,
      ),
    });
    this.rules = [
      rule(() => this.kept.events, 'events', 'seq', 'at'),
      rule(() => this.kept.activity, 'activity', 'activity_id', 'at'),
      rule(() => Math.min(MINUTES_KEPT, this.kept.history), 'history_minute', 'bucket_at', 'bucket_at'),
      rule(() => this.kept.history, 'history_hour', 'bucket_at', 'bucket_at'),
      rule(() => this.kept.events, 'mcp_sessions', 'session_id', 'ended_at', SESSION_STEP),
      rule(() => this.kept.events, 'transports', 'transport_id', 'ended_at'),
      rule(() => this.kept.events, 'tasks', 'task_seq', 'given_at'),
      rule(() => 0, 'ui_tokens', 'token_hash', 'expires_at'),
    ];
    this.surplus = [
      this.ended('mcp_sessions', 'session_id', most.sessions, SESSION_STEP),
      this.ended('transports', 'transport_id', most.transports, RETENTION_STEP),
    ];
  }

  private ended(table: string, key: string, most: number, limit: number): Retention['surplus'][number] {
    const statement = this.db.prepare<[number, number]>(
      `DELETE FROM ${table} WHERE ${key} IN
         (SELECT ${key} FROM ${table} WHERE ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT ? OFFSET ?)`,
    );
    return { limit, statement, most };
  }

  get times(): KeptTimes {
    return this.kept;
  }

  /** From the next step on. */
  keep(kept: KeptTimes): void {
    this.kept = kept;
  }

  /**
   * Removes one batch. Does nothing while the file cannot be written.
   * @returns whether there may be more to remove
   */
  step(now: Ms): boolean {
    let more = false;
    for (const { kept, limit, statement, holdsContents } of this.rules) {
      const remove = () => {
        more = statement.run(now - kept(), limit).changes >= limit || more;
      };
      this.transactions.attempt(() => (holdsContents ? overwriting(this.db, remove) : remove()));
    }
    for (const { limit, statement, most } of this.surplus) {
      this.transactions.attempt(() => {
        more = statement.run(limit, most).changes >= limit || more;
      });
    }
    const before = now - MESSAGES_KEPT;
    this.transactions.attempt(() => {
      const removed = this.streams.prune({ before, maxPerSession: MESSAGES_PER_SESSION, limit: RETENTION_STEP });
      more = removed >= RETENTION_STEP || more;
    });
    overwriting(this.db, () => this.returnPages());
    return more;
  }

  private returnPages(): void {
    const until = performance.now() + VACUUM_TIME;
    while (Number(this.db.pragma('freelist_count', { simple: true })) > 0 && performance.now() < until) {
      this.db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    }
  }
}
