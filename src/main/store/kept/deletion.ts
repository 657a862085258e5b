import type { Database, Statement } from 'better-sqlite3';
import type { Deletion, DeletionCounts } from '../../../shared/contract/privacy';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import type { Ms } from '../../../shared/model/units';
import { type EventRow, toEvent } from '../events/event-log';
import type { Rollups } from '../history/rollups';
import { emptyJournal } from '../lifecycle/empty-journal';
import type { Transactions } from '../lifecycle/transactions';
import { returnPages } from './return-pages';

/** Most rows that one turn of the event loop removes, which takes about 10 ms. */
const STEP = 5_000;
/** Sessions looked at in one go. */
const SESSIONS = 200;

type Step = Statement<[before: Ms, limit: number]>;

/** What is kept for sessions, and goes with them. */
interface OfSessions {
  removeOf(sessionId: string): void;
}

const noCounts = (): DeletionCounts => ({ events: 0, sessions: 0, activity: 0, contents: 0, history: 0 });

/** Deletes on request what retention would delete later. Sessions that have not ended stay. */
export class DeletionOnRequest {
  private readonly db: Database;
  private readonly transactions: Transactions;
  private readonly ofSessions: readonly OfSessions[];
  private readonly onGone: () => void;
  private readonly history: readonly Step[];
  private readonly oldEvents: Step;
  private readonly oldActivity: Step;
  private readonly contents: Step;
  private readonly contentsBefore: Statement<[before: Ms], number>;
  /** How many messages of a session have contents, which go with them. */
  private readonly contentsCount: Statement<[sessionId: string], number>;
  private readonly oldUse: Step;
  private readonly activityOf: Statement<[sessionId: string, limit: number]>;
  private readonly oldTransports: Step;
  private readonly oldLongCalls: Step;
  private readonly oldTasks: Step;
  private readonly tasksOfClient: Statement<[clientId: string]>;
  private readonly ended: Statement<[before: Ms, limit: number], string>;
  private readonly eventsOf: Statement<[sessionId: string, limit: number]>;
  private readonly session: Statement<[sessionId: string]>;
  private readonly eventsToUncount: Statement<[sessionId: string, after: number, limit: number], EventRow>;
  private readonly eventsOfClient: Statement<[since: Ms, clientId: string]>;
  private readonly rollups: Rollups;
  private isRunning = false;

  /**
   * @param ofSessions - what goes with a session
   * @param rollups - what events count, which goes with a session that is forgotten
   * @param onGone - deletes what is kept elsewhere about what is gone; called after something was deleted
   */
  constructor(
    db: Database,
    transactions: Transactions,
    ofSessions: readonly OfSessions[],
    rollups: Rollups,
    onGone: () => void,
  ) {
    this.onGone = onGone;
    this.rollups = rollups;
    this.db = db;
    this.transactions = transactions;
    this.ofSessions = ofSessions;
    const step = (table: string, key: string, time: string): Step =>
      db.prepare(
        `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${time} < ? ORDER BY ${time} LIMIT ?)`,
      );
    this.history = [step('history_minute', 'bucket_at', 'bucket_at'), step('history_hour', 'bucket_at', 'bucket_at')];
    this.oldEvents = step('events', 'seq', 'at');
    this.oldActivity = step('activity', 'activity_id', 'at');
    this.contents = db.prepare(
      `DELETE FROM activity_contents WHERE activity_id IN
         (SELECT DISTINCT activity_id FROM activity_contents WHERE at < ? ORDER BY activity_id LIMIT ?)`,
    );
    this.contentsBefore = db
      .prepare<[Ms], number>('SELECT count(DISTINCT activity_id) FROM activity_contents WHERE at < ?')
      .pluck();
    this.contentsCount = db
      .prepare<[string], number>(
        `SELECT count(DISTINCT activity_id) FROM activity_contents
           WHERE activity_id IN (SELECT activity_id FROM activity WHERE session_id = ?)`,
      )
      .pluck();
    // Days, not milliseconds: a day goes when all of it is older.
    this.oldUse = db.prepare(
      `DELETE FROM tool_use WHERE (server, tool, day) IN
         (SELECT server, tool, day FROM tool_use WHERE (day + 1) * 86400000 <= ? ORDER BY day LIMIT ?)`,
    );
    this.activityOf = db.prepare(
      `DELETE FROM activity WHERE activity_id IN
         (SELECT activity_id FROM activity WHERE session_id = ? ORDER BY activity_id LIMIT ?)`,
    );
    this.oldTransports = step('transports', 'transport_id', 'ended_at');
    this.oldLongCalls = step('long_calls', 'call_id', 'ended_at');
    this.oldTasks = step('tasks', 'task_seq', 'given_at');
    this.tasksOfClient = db.prepare('DELETE FROM tasks WHERE client_id = ?');
    this.ended = db
      .prepare<[Ms, number], string>('SELECT session_id FROM mcp_sessions WHERE ended_at < ? ORDER BY ended_at LIMIT ?')
      .pluck();
    this.eventsOf = db.prepare(
      'DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE session_id = ? ORDER BY seq LIMIT ?)',
    );
    this.session = db.prepare('DELETE FROM mcp_sessions WHERE session_id = ?');
    this.eventsToUncount = db.prepare(
      'SELECT seq, session_id, at, kind, payload FROM events WHERE session_id = ? AND seq > ? ORDER BY seq LIMIT ?',
    );
    this.eventsOfClient = db.prepare(
      `DELETE FROM events
       WHERE kind IN ('client_created', 'client_removed') AND at >= ? AND payload ->> '$.client_id' = ?`,
    );
  }

  /**
   * Deletes in steps, between which other work goes on. What was deleted is overwritten in the database file; backups keep it.
   * @param now - what comes later stays
   * @param before - for `older`: what is older than this time goes
   * @throws HoldfastError `storage_unavailable`, also when Holdfast stops meanwhile; what was deleted until then stays
   *   deleted. `invalid_input` while another one runs
   */
  async run(what: Deletion['what'], now: Ms, before: Ms): Promise<DeletionCounts> {
    if (this.isRunning) throw new HoldfastError('invalid_input', said('said.database.deleting'));
    this.isRunning = true;
    this.db.pragma('secure_delete = ON');
    const counts = noCounts();
    try {
      if (what === 'ended_sessions' || what === 'older') {
        await this.deleteSessions(what === 'older' ? before : now + 1, counts);
      }
      if (what === 'older') {
        counts.events += await this.inSteps(this.oldEvents, before);
        await this.inSteps(this.oldTransports, before);
        await this.inSteps(this.oldLongCalls, before);
        await this.inSteps(this.oldTasks, before);
      }
      if (what === 'contents' || what === 'activity' || what === 'older') {
        const until = what === 'older' ? before : Number.MAX_SAFE_INTEGER;
        counts.contents += this.contentsBefore.get(until) ?? 0;
        await this.inSteps(this.contents, until);
        // The last page of an empty table may hold copies of what was moved: without a condition it is overwritten as well.
        if (what !== 'older') this.transactions.run(() => this.db.exec('DELETE FROM activity_contents'));
      }
      if (what === 'older' || what === 'activity') {
        const until = what === 'older' ? before : Number.MAX_SAFE_INTEGER;
        counts.activity += await this.inSteps(this.oldActivity, until);
        await this.inSteps(this.oldUse, until);
      }
      if (what === 'older' || what === 'history') {
        const until = what === 'older' ? before : Number.MAX_SAFE_INTEGER;
        for (const step of this.history) counts.history += await this.inSteps(step, until);
      }
      this.onGone();
      await returnPages(this.db, async () => {
        await this.turn();
        return true;
      });
      return counts;
    } finally {
      if (this.db.open) this.db.pragma('secure_delete = OFF');
      this.isRunning = false;
    }
  }

  /**
   * Deletes one session that has ended as if it had never been: with its events, and with what they count in the history.
   * @throws HoldfastError `storage_unavailable`
   */
  async forget(sessionId: string): Promise<void> {
    const isAlone = !this.isRunning;
    if (isAlone) this.db.pragma('secure_delete = ON');
    try {
      await this.uncount(sessionId);
      await this.deleteSession(sessionId, noCounts());
    } finally {
      if (isAlone && !this.isRunning && this.db.open) this.db.pragma('secure_delete = OFF');
    }
    this.onGone();
    // The journal still holds the pages as they were.
    emptyJournal(this.db);
  }

  /** Deletes which tasks a client was given, and the events that it came and went, from `since` on. Call it for one that is gone. */
  forgetClient(clientId: string, since: Ms): void {
    this.transactions.run(() => {
      this.tasksOfClient.run(clientId);
      this.eventsOfClient.run(since, clientId);
    });
  }

  private async uncount(sessionId: string): Promise<void> {
    for (let after = 0; ; await this.turn()) {
      const rows = this.eventsToUncount.all(sessionId, after, STEP);
      const events = rows.map(toEvent);
      this.transactions.run(() => this.rollups.removeEvents(events));
      after = events.at(-1)?.seq ?? after;
      if (rows.length < STEP) return;
    }
  }

  private async deleteSessions(before: Ms, counts: DeletionCounts): Promise<void> {
    for (;;) {
      const ids = this.ended.all(before, SESSIONS);
      for (const id of ids) await this.deleteSession(id, counts);
      if (ids.length < SESSIONS) return;
    }
  }

  private async deleteSession(id: string, counts: DeletionCounts): Promise<void> {
    for (let removed = STEP; removed >= STEP; await this.turn()) {
      removed = this.transactions.run(() => this.eventsOf.run(id, STEP).changes);
      counts.events += removed;
    }
    counts.contents += this.contentsCount.get(id) ?? 0;
    for (let removed = STEP; removed >= STEP; await this.turn()) {
      removed = this.transactions.run(() => this.activityOf.run(id, STEP).changes);
      counts.activity += removed;
    }
    this.transactions.run(() => {
      for (const kept of this.ofSessions) kept.removeOf(id);
      counts.sessions += this.session.run(id).changes;
    });
  }

  private async inSteps(step: Step, before: Ms): Promise<number> {
    let sum = 0;
    for (;;) {
      const removed = this.transactions.run(() => step.run(before, STEP).changes);
      sum += removed;
      if (removed < STEP) return sum;
      await this.turn();
    }
  }

  /** Lets other work go on. */
  private async turn(): Promise<void> {
    await new Promise((next) => setImmediate(next));
    if (!this.db.open) throw new HoldfastError('storage_unavailable');
  }
}
