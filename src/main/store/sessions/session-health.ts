import type { Database, Statement } from 'better-sqlite3';
import type { SessionStatus, SessionsHealth } from '../../../shared/contract/session';
import { isFlapping } from '../../../shared/model/evolve';
import { DAY, HOUR, type Ms } from '../../../shared/model/units';
import { fromRow, SESSION_COLUMNS, type SessionRow } from './session-row';

interface Count {
  status: SessionStatus;
  probe: number;
  sessions: number;
  degraded: number;
  reconnects: number;
}

interface Parameters {
  client_id: string | null;
  hour: Ms;
  day: Ms;
}

/** Counts over sessions: all of them, or only those of one client, which are all that its key may see. */
export class SessionHealth {
  private readonly counts: Statement<[Parameters], Count>;
  private readonly flagged: Statement<[Parameters], SessionRow>;
  private readonly recent: Statement<[Parameters], { last_hour: number; last_24h: number }>;

  /** @param scope - whether {@link read} counts all sessions or one client's */
  constructor(db: Database, scope: 'all' | 'client') {
    const [ofScope, eventsOfScope] =
      scope === 'all'
        ? ['', '']
        : [
            'AND client_id = :client_id',
            'AND session_id IN (SELECT session_id FROM mcp_sessions WHERE client_id = :client_id)',
          ];
    this.counts = db.prepare(
      `SELECT status, probe, count(*) AS sessions, sum(degraded) AS degraded, sum(reconnect_count) AS reconnects
       FROM mcp_sessions WHERE true ${ofScope} GROUP BY status, probe`,
    );
    this.flagged = db.prepare(
      `SELECT ${SESSION_COLUMNS.join(', ')} FROM mcp_sessions WHERE flapping = 1 AND probe = 0 ${ofScope}`,
    );
    this.recent = db.prepare(
      `SELECT count(*) FILTER (WHERE at > :hour) AS last_hour, count(*) AS last_24h FROM events
       WHERE kind = 'session_reconnected' AND at > :day ${eventsOfScope}`,
    );
  }

  /** @param clientId - the client whose sessions to count; null when the scope is `all` */
  read(clientId: string | null, now: Ms): SessionsHealth {
    const parameters: Parameters = { client_id: clientId, hour: now - HOUR, day: now - DAY };
    const { last_hour, last_24h } = this.recent.get(parameters) ?? { last_hour: 0, last_24h: 0 };
    const health: SessionsHealth = {
      status_breakdown: { active: 0, idle: 0, disconnected: 0, expired: 0, closed: 0 },
      degraded: 0,
      // The stored flag dates from the session's last event. A session that is flapping now had it set then.
      flapping: this.flagged.all(parameters).filter((row) => isFlapping(fromRow(row).session, now)).length,
      probes: 0,
      reconnects: { total: 0, last_hour, last_24h },
    };
    for (const { status, probe, sessions, degraded, reconnects } of this.counts.all(parameters)) {
      health.reconnects.total += reconnects;
      if (probe === 1) {
        health.probes += sessions;
      } else {
        health.status_breakdown[status] += sessions;
        health.degraded += degraded;
      }
    }
    return health;
  }
}
