import type { Database, Statement } from 'better-sqlite3';
import { DAY, type Ms } from '../../../shared/model/units';
import type { StreamStore } from '../events/stream-store';
import type { StoreLog } from './database';
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
 * Ended sessions, of each client and in all, and ended transports, however young they are: a client that opens one after the other
 * for weeks must not fill the disk with rows that no limit in MiB counts, nor push out what others did.
 */
const MOST_ENDED = { sessionsOfClient: 10_000, sessions: 50_000, transports: 100_000 };

/** Of a session whose call goes on without its client, it is known whose it was until that is over. */
const HAS_NO_CALL = `NOT EXISTS (SELECT 1 FROM long_calls INDEXED BY long_calls_by_session
  WHERE long_calls.session_id = mcp_sessions.session_id AND long_calls.state = 'running')`;

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
    readonly what: string;
    readonly limit: number;
    readonly statement: Statement<[limit: number, most: number]>;
    readonly most: number;
  }[];
  private readonly crowded: Statement<[{ most: number }], { client_id: string; surplus: number }>;
  private readonly ofClient: Statement<[clientId: string, limit: number]>;
  private readonly most: typeof MOST_ENDED;
  private readonly log: Pick<StoreLog, 'info'>;
  private kept: KeptTimes = { events: 30 * DAY, activity: 7 * DAY, history: 400 * DAY };

  constructor(
    db: Database,
    transactions: Transactions,
    streams: StreamStore,
    log: Pick<StoreLog, 'info'>,
    most = MOST_ENDED,
  ) {
    this.db = db;
    this.log = log;
    this.most = most;
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
      {
        ...{ what: 'sessions', limit: SESSION_STEP, most: most.sessions },
        statement: this.ended('mcp_sessions', 'session_id', HAS_NO_CALL),
      },
      {
        ...{ what: 'transports', limit: RETENTION_STEP, most: most.transports },
        statement: this.ended('transports', 'transport_id', 'true'),
      },
    ];
    this.crowded = db.prepare(
      `SELECT client_id, count(*) - :most AS surplus FROM mcp_sessions INDEXED BY mcp_sessions_client
         WHERE status IN ('expired', 'closed') GROUP BY client_id HAVING count(*) > :most LIMIT 1`,
    );
    this.ofClient = db.prepare(
      `DELETE FROM mcp_sessions WHERE session_id IN
         (SELECT session_id FROM mcp_sessions INDEXED BY mcp_sessions_client
            WHERE client_id = ? AND status IN ('expired', 'closed') AND ${HAS_NO_CALL} ORDER BY ended_at LIMIT ?)`,
    );
  }

  private ended(table: string, key: string, may: string): Statement<[limit: number, most: number]> {
    return this.db.prepare(
      `DELETE FROM ${table} WHERE ${key} IN
         (SELECT ${key} FROM ${table} WHERE ended_at IS NOT NULL AND ${may} ORDER BY ended_at DESC LIMIT ? OFFSET ?)`,
    );
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
    for (const { what, limit, statement, most } of this.surplus) {
      this.transactions.attempt(() => {
        const { changes: removed } = statement.run(limit, most);
        if (removed > 0) this.log.info({ removed, most }, `there were too many ended ${what}: the oldest were removed`);
        more = removed >= limit || more;
      });
    }
    this.transactions.attempt(() => {
      more = this.removeOfCrowded() || more;
    });
    const before = now - MESSAGES_KEPT;
    this.transactions.attempt(() => {
      const removed = this.streams.prune({ before, maxPerSession: MESSAGES_PER_SESSION, limit: RETENTION_STEP });
      more = removed >= RETENTION_STEP || more;
    });
    overwriting(this.db, () => this.returnPages());
    return more;
  }

  /** Removes the oldest ended sessions of a client that has too many. Returns whether there may be more. */
  private removeOfCrowded(): boolean {
    const most = this.most.sessionsOfClient;
    const found = this.crowded.get({ most });
    if (!found) return false;
    const { client_id } = found;
    const { changes } = this.ofClient.run(client_id, Math.min(SESSION_STEP, found.surplus));
    if (changes > 0) {
      this.log.info(
        { client_id, removed: changes, most },
        'a client had too many ended sessions: the oldest were removed',
      );
    }
    return changes > 0;
  }

  private returnPages(): void {
    const until = performance.now() + VACUUM_TIME;
    while (Number(this.db.pragma('freelist_count', { simple: true })) > 0 && performance.now() < until) {
      this.db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    }
  }
}
