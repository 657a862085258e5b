import type { Database, Statement } from 'better-sqlite3';
import { DEMO_CLIENT } from '../../../shared/contract/demo';
import type {
  Session,
  SessionPage,
  SessionQuery,
  SessionStatus,
  SessionsHealth,
} from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';
import { isAttached } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';
import type { SessionReader } from '../../sessions/read-ports';
import type { Change, StoredSession, StoredSessions } from '../../sessions/session-ports';
import { SessionHealth } from './session-health';
import { SessionPages } from './session-pages';
import { fromRow, SESSION_COLUMNS, type SessionRow, toRow } from './session-row';

const SELECT = `SELECT ${SESSION_COLUMNS.join(', ')} FROM mcp_sessions`;
const CHANGING = SESSION_COLUMNS.filter((column) => column !== 'session_id');

/** The table `mcp_sessions`. */
export class SessionStore implements SessionReader, StoredSessions {
  private readonly pages: SessionPages;
  private readonly healthOfAll: SessionHealth;
  private readonly healthOfOne: SessionHealth;
  private readonly insert: Statement<[SessionRow]>;
  private readonly swap: Statement<[SessionRow & { expected_generation: number; expected_hash: string }]>;
  private readonly byId: Statement<[sessionId: string], SessionRow>;
  private readonly standing: Statement<[sessionId: string], { status: SessionStatus; probe: number }>;
  private readonly lostSince: Statement<[clientId: string, since: Ms], SessionRow>;
  private readonly lostBefore: Statement<[before: Ms, limit: number], SessionRow>;
  private readonly tooMany: Statement<[{ ofClient: number; inAll: number; busy: string; limit: number }], string>;
  private readonly allAttached: Statement<[], SessionRow>;
  private readonly newestStateless: Statement<[clientId: string, server: string | null], SessionRow>;
  private readonly byClient: Statement<[clientId: string], SessionRow>;
  private readonly pinned: Statement<[], number>;
  private readonly allOffered: Statement<[], SessionRow>;
  private readonly newestFirst: Statement<[limit: number], SessionRow>;
  private readonly live: Statement<[], number>;
  private readonly revocation: Statement<[]>;

  constructor(db: Database) {
    this.pages = new SessionPages(db);
    this.healthOfAll = new SessionHealth(db, 'all');
    this.healthOfOne = new SessionHealth(db, 'client');
    this.insert = db.prepare(
      `INSERT INTO mcp_sessions (${SESSION_COLUMNS.join(', ')}) VALUES (${SESSION_COLUMNS.map((c) => `:${c}`).join(', ')})
       ON CONFLICT (session_id) DO UPDATE SET ${CHANGING.map((c) => `${c} = excluded.${c}`).join(', ')}`,
    );
    this.swap = db.prepare(
      `UPDATE mcp_sessions SET ${CHANGING.map((c) => `${c} = :${c}`).join(', ')}
       WHERE session_id = :session_id AND token_generation = :expected_generation
         AND reconnect_token_hash = :expected_hash`,
    );
    this.byId = db.prepare(`${SELECT} WHERE session_id = ?`);
    this.standing = db.prepare('SELECT status, probe FROM mcp_sessions WHERE session_id = ?');
    this.lostSince = db.prepare(
      `${SELECT} WHERE client_id = ? AND status = 'disconnected' AND (lost_lived >= ? OR pinned = 1)
       ORDER BY lost_lived DESC`,
    );
    this.lostBefore = db.prepare(
      // Runs every second. Without the hint, the planner reads and sorts every disconnected session.
      `${SELECT} INDEXED BY mcp_sessions_lost
       WHERE status = 'disconnected' AND lost_lived < ? AND pinned = 0 ORDER BY lost_lived LIMIT ?`,
    );
    this.tooMany = db
      .prepare<[{ ofClient: number; inAll: number; busy: string; limit: number }], string>(
        `SELECT session_id FROM (
           SELECT session_id, lost_lived, row_number() OVER (PARTITION BY client_id ORDER BY lost_lived DESC) AS of_client,
             row_number() OVER (ORDER BY lost_lived DESC) AS of_all
           FROM mcp_sessions INDEXED BY mcp_sessions_lost
           WHERE status = 'disconnected' AND pinned = 0 AND session_id NOT IN (SELECT value FROM json_each(:busy))
             AND NOT EXISTS (SELECT 1 FROM long_calls INDEXED BY long_calls_by_session
               WHERE long_calls.session_id = mcp_sessions.session_id AND long_calls.state = 'running'))
         WHERE of_client > :ofClient OR of_all > :inAll ORDER BY lost_lived LIMIT :limit`,
      )
      .pluck();
    this.allAttached = db.prepare(`${SELECT} WHERE status IN ('active', 'idle')`);
    this.newestStateless = db.prepare(
      `${SELECT} WHERE client_id = ? AND server IS ? AND status IN ('active', 'idle', 'disconnected')
         AND era = 'stateless'
       ORDER BY status = 'disconnected', last_activity DESC, created_at DESC LIMIT 1`,
    );
    this.byClient = db.prepare(`${SELECT} WHERE client_id = ? ORDER BY created_at DESC`);
    this.pinned = db.prepare<[], number>('SELECT count(*) FROM mcp_sessions WHERE pinned = 1').pluck();
    this.allOffered = db.prepare(`${SELECT} INDEXED BY mcp_sessions_offered WHERE offer IS NOT NULL`);
    this.newestFirst = db.prepare(
      `${SELECT} ORDER BY status IN ('expired', 'closed'), last_activity DESC, session_id LIMIT ?`,
    );
    this.live = db
      .prepare<[], number>(
        `SELECT count(*) FROM mcp_sessions
         WHERE status IN ('active', 'idle') AND probe = 0 AND client_name <> '${DEMO_CLIENT}'`,
      )
      .pluck();
    this.revocation = db.prepare(
      `UPDATE mcp_sessions SET reconnect_token_hash = NULL, reconnect_expires_at = NULL, token_jti = NULL,
         token_iat = NULL, previous_token_hash = NULL, token_rotated_at = NULL,
         token_revoked_generation = token_generation`,
    );
  }

  /**
   * Inserts or updates the session.
   * @param expected - compare-and-set: the token that the stored row must still hold
   * @returns the change in the number of attached sessions, not counting probes and the demo: -1, 0 or 1
   * @throws HoldfastError `token_mismatch` when the row holds another token; nothing has been written then
   */
  save(stored: StoredSession, expected?: Change['expectToken']): number {
    const { session } = stored;
    const before = this.standing.get(session.session_id);
    if (expected) {
      const { changes } = this.swap.run({
        ...toRow(stored),
        expected_generation: expected.generation,
        expected_hash: expected.hash,
      });
      if (changes !== 1) throw new HoldfastError('token_mismatch');
    } else {
      this.insert.run(toRow(stored));
    }
    // The demo removes itself, and is nothing that the user did.
    if (session.client_name === DEMO_CLIENT) return 0;
    const wasLive = before !== undefined && before.probe === 0 && isAttached(before.status);
    return Number(!session.probe && isAttached(session.status)) - Number(wasLive);
  }

  /** Revokes every reconnect token issued so far. */
  revokeTokens(): void {
    this.revocation.run();
  }

  /** One session, or null. */
  get(sessionId: string): StoredSession | null {
    const row = this.byId.get(sessionId);
    return row ? fromRow(row) : null;
  }

  page(query: SessionQuery): SessionPage {
    return this.pages.page(query);
  }

  /** Sessions that have not ended, without probes, those used latest first. */
  unended(limit: number): readonly Session[] {
    const status = ['active', 'idle', 'disconnected'] as const;
    const query = {
      status: [...status],
      include_probes: false,
      sort: 'last_activity',
      order: 'desc',
      limit,
      offset: 0,
    };
    return this.pages.page(query as SessionQuery).sessions;
  }

  snapshot(limit: number): Session[] {
    return this.newestFirst.all(limit).map((row) => fromRow(row).session);
  }

  /** The number of attached sessions, not counting probes and the demo. */
  liveCount(): number {
    return this.live.get() ?? 0;
  }

  health(now: Ms): SessionsHealth {
    return this.healthOfAll.read(null, now);
  }

  healthOf(clientId: string, now: Ms): SessionsHealth {
    return this.healthOfOne.read(clientId, now);
  }

  /** A client's `disconnected` sessions that lost contact at or after `since`, in lived time, or are pinned; latest first. */
  disconnectedSince(clientId: string, since: Ms): StoredSession[] {
    return this.lostSince.all(clientId, since).map(fromRow);
  }

  /** Disconnected sessions that lost contact before `before`, in lived time, and are not pinned; oldest first. */
  disconnectedBefore(before: Ms, limit: number): StoredSession[] {
    return this.lostBefore.all(before, limit).map(fromRow);
  }

  /** See `StoredSessions.disconnectedBeyond`. */
  disconnectedBeyond(most: { ofClient: number; inAll: number }, busy: readonly string[], limit: number): string[] {
    return this.tooMany.all({ ...most, busy: JSON.stringify(busy), limit });
  }

  /** Sessions whose status is `active` or `idle`. */
  attached(): StoredSession[] {
    return this.allAttached.all().map(fromRow);
  }

  /** The newest session of a stateless client at this address that has not ended; one that has its client before all others. */
  newestStatelessOf(clientId: string, server: string | null): StoredSession | null {
    const row = this.newestStateless.get(clientId, server);
    return row ? fromRow(row) : null;
  }

  /** Sessions that are offered to a client, expired offers included. */
  offered(): StoredSession[] {
    return this.allOffered.all().map(fromRow);
  }

  pinnedCount(): number {
    return this.pinned.get() ?? 0;
  }

  /** All sessions of a client, including ended ones, newest first. */
  ofClient(clientId: string): StoredSession[] {
    return this.byClient.all(clientId).map(fromRow);
  }
}
