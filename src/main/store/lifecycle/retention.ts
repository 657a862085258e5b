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
  private kept: KeptTimes = { events: 30 * DAY, activity: 7 * DAY, history: 400 * DAY };

  constructor(db: Database, transactions: Transactions, streams: StreamStore) {
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
