import type { Database, Statement } from 'better-sqlite3';
import type { SessionStatus, SessionsHealth } from '../../shared/contract/session';
import { isFlapping } from '../../shared/model/evolve';
import { DAY, HOUR, type Ms } from '../../shared/model/units';
import { fromRow, SESSION_COLUMNS, type SessionRow } from './session-row';

interface Count {
  status: SessionStatus;
  probe: number;
  sessions: number;
  degraded: number;
  reconnects: number;
}

/** Counts over the sessions of one client: what its key may see of the health of all. */
export class ClientHealth {
  private readonly counts: Statement<[clientId: string], Count>;
  private readonly flagged: Statement<[clientId: string], SessionRow>;
  private readonly reconnects: Statement<[{ client_id: string; hour: Ms; day: Ms }], { hour: number; day: number }>;

  constructor(db: Database) {
    this.counts = db.prepare(
      `SELECT status, probe, count(*) AS sessions, sum(degraded) AS degraded, sum(reconnect_count) AS reconnects
       FROM mcp_sessions WHERE client_id = ? GROUP BY status, probe`,
    );
    this.flagged = db.prepare(
      `SELECT ${SESSION_COLUMNS.join(', ')} FROM mcp_sessions WHERE client_id = ? AND flapping = 1 AND probe = 0`,
    );
    this.reconnects = db.prepare(
      `SELECT count(*) FILTER (WHERE at > :hour) AS hour, count(*) AS day FROM events
       WHERE kind = 'session_reconnected' AND at > :day
         AND session_id IN (SELECT session_id FROM mcp_sessions WHERE client_id = :client_id)`,
    );
  }

  /** The same numbers as for all sessions, for those of one client. */
  read(client_id: string, now: Ms): SessionsHealth {
    const health: SessionsHealth = {
      status_breakdown: { active: 0, idle: 0, disconnected: 0, expired: 0, closed: 0 },
      degraded: 0,
      flapping: this.flagged.all(client_id).filter((row) => isFlapping(fromRow(row).session, now)).length,
      probes: 0,
      reconnects: { total: 0, last_hour: 0, last_24h: 0 },
    };
    for (const { status, probe, sessions, degraded, reconnects } of this.counts.all(client_id)) {
      health.reconnects.total += reconnects;
      if (probe === 1) {
        health.probes += sessions;
      } else {
        health.status_breakdown[status] += sessions;
        health.degraded += degraded;
      }
    }
    const recent = this.reconnects.get({ client_id, hour: now - HOUR, day: now - DAY });
    health.reconnects.last_hour = recent?.hour ?? 0;
    health.reconnects.last_24h = recent?.day ?? 0;
    return health;
  }
}
