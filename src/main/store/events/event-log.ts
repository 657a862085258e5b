import type { Database, Statement } from 'better-sqlite3';
import type { HoldfastEvent, NewEvent, Timeline, TimelineQuery } from '../../../shared/contract/event';
import type { GapTotals } from '../../../shared/contract/history';
import type { Ms } from '../../../shared/model/units';
import type { EventReader } from '../../sessions/read-ports';
import type { Rollups } from '../history/rollups';

export interface EventRow {
  seq: number;
  at: Ms;
  session_id: string | null;
  kind: string;
  payload: string;
}

interface Range {
  from: Ms;
  to: Ms;
  limit: number;
  before_at: Ms;
  before_seq: number;
}

const COLUMNS = 'seq, at, session_id, kind, payload';

/**
 * The append-only log. `seq` has no gaps, because it is assigned inside the transaction and a rollback returns it. It is
 * never reused, even after old events are deleted.
 */
export class EventLog implements EventReader {
  private readonly rollups: Rollups;
  private readonly insert: Statement<[string | null, Ms, string, string | null, string]>;
  private readonly after: Statement<[seq: number, limit: number], EventRow>;
  private readonly countAfter: Statement<[seq: number], number>;
  private readonly newest: Statement<[], number | null>;
  private readonly ofSession: Statement<[{ session_id: string; before: number; limit: number }], EventRow>;
  private readonly ofSessionByKind: Statement<
    [{ session_id: string; before: number; limit: number; kinds: string }],
    EventRow
  >;
  private readonly inRange: Statement<[Range], EventRow>;
  private readonly inRangeByKind: Statement<[Range & { kinds: string }], EventRow>;
  private readonly gaps: Statement<[from: Ms, to: Ms], GapTotals>;

  constructor(db: Database, rollups: Rollups) {
    this.rollups = rollups;
    this.insert = db.prepare('INSERT INTO events (session_id, at, kind, cause, payload) VALUES (?, ?, ?, ?, ?)');
    this.after = db.prepare(`SELECT ${COLUMNS} FROM events WHERE seq > ? ORDER BY seq LIMIT ?`);
    this.countAfter = db.prepare<[number], number>('SELECT count(*) FROM events WHERE seq > ?').pluck();
    this.newest = db.prepare<[], number | null>("SELECT seq FROM sqlite_sequence WHERE name = 'events'").pluck();
    this.ofSession = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE session_id = :session_id AND seq < :before ORDER BY seq DESC LIMIT :limit`,
    );
    this.ofSessionByKind = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE session_id = :session_id AND seq < :before
         AND kind IN (SELECT value FROM json_each(:kinds)) ORDER BY seq DESC LIMIT :limit`,
    );
    this.inRange = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE at >= :from AND at < :to
         AND (at, seq) < (:before_at, :before_seq) ORDER BY at DESC, seq DESC LIMIT :limit`,
    );
    this.inRangeByKind = db.prepare(
      `SELECT ${COLUMNS} FROM events WHERE kind IN (SELECT value FROM json_each(:kinds)) AND at >= :from AND at < :to
         AND (at, seq) < (:before_at, :before_seq) ORDER BY at DESC, seq DESC LIMIT :limit`,
    );
    this.gaps = db.prepare(
      `SELECT count(*) AS count, ifnull(max(payload ->> '$.downtime_ms'), 0) AS longest_ms,
         ifnull(sum(payload ->> '$.downtime_ms'), 0) AS total_ms
       FROM events WHERE kind = 'session_reconnected' AND at >= ? AND at < ?`,
    );
  }

  /** Appends events within the running transaction and counts them in the rollups. Returns them with their `seq`. */
  append(events: readonly NewEvent[]): HoldfastEvent[] {
    const numbered = events.map((event) => {
      const { session_id, at, kind, payload } = event;
      const { lastInsertRowid } = this.insert.run(session_id, at, kind, causeOf(payload), JSON.stringify(payload));
      return { ...event, seq: Number(lastInsertRowid) } as HoldfastEvent;
    });
    this.rollups.addEvents(events);
    return numbered;
  }

  readAfter(seq: number, limit: number): HoldfastEvent[] {
    return this.after.all(seq, limit).map(toEvent);
  }

  isWholeAfter(seq: number): boolean {
    return this.countAfter.get(seq) === this.newestSeq() - seq;
  }

  newestSeq(): number {
    return this.newest.get() ?? 0;
  }

  timeline(query: TimelineQuery): Timeline {
    const { session_id, before_seq: before = Number.MAX_SAFE_INTEGER, kinds } = query;
    const limit = query.limit + 1;
    const rows = kinds
      ? this.ofSessionByKind.all({ session_id, before, limit, kinds: JSON.stringify(kinds) })
      : this.ofSession.all({ session_id, before, limit });
    return page(rows, query.limit);
  }

  between(
    from: Ms,
    to: Ms,
    kinds: readonly string[] | undefined,
    limit: number,
    before: { at: Ms; seq: number } = { at: to, seq: 0 },
  ): Timeline {
    const range = { from, to, limit: limit + 1, before_at: before.at, before_seq: before.seq };
    const rows = kinds ? this.inRangeByKind.all({ ...range, kinds: JSON.stringify(kinds) }) : this.inRange.all(range);
    return page(rows, limit);
  }

  /** How long clients were away in the gaps that ended at `from <= at < to`. */
  gapTotals(from: Ms, to: Ms): GapTotals {
    return this.gaps.get(from, to) ?? { count: 0, longest_ms: 0, total_ms: 0 };
  }
}

/** The query reads one row more than asked for, to tell whether there are more. */
const page = (rows: EventRow[], limit: number): Timeline => ({
  events: rows.slice(0, limit).map(toEvent),
  has_more: rows.length > limit,
});

/** An event from its row. The log contains only what `append` wrote, so the compiler has already checked its shape. */
export const toEvent = (row: EventRow): HoldfastEvent =>
  ({ ...row, payload: JSON.parse(row.payload) }) as HoldfastEvent;

/** What events can be filtered by besides their kind: why a session dropped, came back, ended or was refused. */
function causeOf(payload: NewEvent['payload']): string | null {
  const { cause, reason, code } = payload as { cause?: string; reason?: string; code?: string };
  return cause ?? reason ?? code ?? null;
}
