import type { Database, Statement } from 'better-sqlite3';
import { DAY, MIB, type Ms } from '../../../shared/model/units';
import {
  LONGEST_ANSWER,
  type LongAnswer,
  type LongCall,
  type LongCallRepository,
  type NewLongCall,
} from '../../long-calls/long-call-ports';
import type { Transactions } from '../lifecycle/transactions';

/** What is kept at most. */
export interface LongCallLimits {
  /** Calls of one client, whatever became of them. */
  readonly perClient: number;
  /** Answers of all clients together, in bytes. */
  readonly bytes: number;
  /** One answer, in bytes. */
  readonly answer: number;
}

/** Answers of all clients together. */
export const MOST_ANSWER_BYTES = 64 * MIB;
const LIMITS: LongCallLimits = { perClient: 100, bytes: MOST_ANSWER_BYTES, answer: LONGEST_ANSWER };
/** How long an answer waits, in lived time. */
const ANSWER_KEPT: Ms = DAY;
/** How long it is known that there was a call. */
const CALL_KEPT: Ms = 7 * DAY;

const COLUMNS =
  'call_id, handle, client_id, session_id, transport_id, server, tool, started_at, handed_at, state, ended_at, fetched_at, ok, bytes, shown_as, task_id, again_id';

type Row = Omit<LongCall, 'ok'> & { readonly ok: 0 | 1 | null };

/** The table `long_calls`. Its answers are bounded in number, bytes and time; those that were fetched make room first. */
export class LongCallStore implements LongCallRepository {
  private readonly transactions: Transactions;
  private readonly limits: LongCallLimits;
  private readonly insert: Statement<[NewLongCall]>;
  private readonly counts: Statement<[clientId: string], { all: number; running: number }>;
  private readonly removeOldest: Statement<[clientId: string, count: number]>;
  private readonly follow: Statement<[taskId: string, callId: number]>;
  private readonly again: Statement<[againId: number, callId: number]>;
  private readonly remove: Statement<[callId: number]>;
  private readonly answer: Statement<[object]>;
  private readonly cancel: Statement<[at: Ms, lived: Ms, callId: number]>;
  private readonly text: Statement<[callId: number], string | null>;
  private readonly markFetched: Statement<[at: Ms, callId: number]>;
  private readonly sum: Statement<[], number>;
  private readonly firstToGo: Statement<[except: number], { call_id: number; bytes: number }>;
  private readonly drop: Statement<[callId: number]>;
  private readonly byId: Statement<[callId: number], Row>;
  private readonly byHandle: Statement<[handle: string], Row>;
  private readonly byClient: Statement<[clientId: string], Row>;
  private readonly newest: Statement<[limit: number], Row>;
  private readonly stillRunning: Statement<[], Row>;
  private readonly age: Statement<[lived: Ms]>;
  private readonly forget: Statement<[lived: Ms]>;
  private readonly removeSession: Statement<[sessionId: string]>;

  constructor(db: Database, transactions: Transactions, limits = LIMITS) {
    this.transactions = transactions;
    this.limits = limits;
    this.insert = db.prepare(
      `INSERT INTO long_calls (call_id, handle, client_id, session_id, transport_id, server, tool, started_at, handed_at, shown_as, task_id, again_id, state)
         VALUES (:call_id, :handle, :client_id, :session_id, :transport_id, :server, :tool, :started_at, :handed_at, :shown_as, :task_id,
           :again_id, 'running')`,
    );
    this.counts = db.prepare(
      `SELECT count(*) AS "all", count(*) FILTER (WHERE state = 'running') AS running FROM long_calls WHERE client_id = ?`,
    );
    this.removeOldest = db.prepare(
      `DELETE FROM long_calls WHERE call_id IN
         (SELECT call_id FROM long_calls WHERE client_id = ? AND state <> 'running'
            ORDER BY state IN ('gone', 'cancelled') DESC, state = 'fetched' DESC, call_id LIMIT ?)`,
    );
    this.follow = db.prepare(`UPDATE long_calls SET task_id = ? WHERE call_id = ? AND state = 'running'`);
    this.again = db.prepare(`UPDATE long_calls SET again_id = ? WHERE call_id = ? AND state = 'running'`);
    this.remove = db.prepare(`DELETE FROM long_calls WHERE call_id = ? AND state = 'running'`);
    this.answer = db.prepare(
      `UPDATE long_calls SET state = :state, answer = :text, bytes = :bytes, ok = :ok, ended_at = :at, ended_lived = :lived
         WHERE call_id = :call_id AND state = 'running'`,
    );
    this.cancel = db.prepare(
      `UPDATE long_calls SET state = 'cancelled', ended_at = ?, ended_lived = ? WHERE call_id = ? AND state = 'running'`,
    );
    this.text = db.prepare<[number], string | null>('SELECT answer FROM long_calls WHERE call_id = ?').pluck();
    this.markFetched = db.prepare(
      `UPDATE long_calls SET state = 'fetched', fetched_at = ifnull(fetched_at, ?) WHERE call_id = ? AND state = 'answered'`,
    );
    this.sum = db.prepare<[], number>('SELECT ifnull(sum(bytes), 0) FROM long_calls WHERE answer IS NOT NULL').pluck();
    this.firstToGo = db.prepare(
      `SELECT call_id, bytes FROM long_calls WHERE answer IS NOT NULL AND call_id <> ?
         ORDER BY state = 'fetched' DESC, ended_lived, call_id LIMIT 1`,
    );
    this.drop = db.prepare(`UPDATE long_calls SET answer = NULL, state = 'gone' WHERE call_id = ?`);
    this.byId = db.prepare(`SELECT ${COLUMNS} FROM long_calls WHERE call_id = ?`);
    this.byHandle = db.prepare(`SELECT ${COLUMNS} FROM long_calls WHERE handle = ?`);
    this.byClient = db.prepare(`SELECT ${COLUMNS} FROM long_calls WHERE client_id = ? ORDER BY call_id DESC`);
    this.newest = db.prepare(`SELECT ${COLUMNS} FROM long_calls ORDER BY state = 'running' DESC, call_id DESC LIMIT ?`);
    this.stillRunning = db.prepare(`SELECT ${COLUMNS} FROM long_calls WHERE state = 'running' ORDER BY call_id`);
    this.age = db.prepare(
      `UPDATE long_calls SET answer = NULL, state = 'gone' WHERE answer IS NOT NULL AND ended_lived <= ?`,
    );
    this.forget = db.prepare(`DELETE FROM long_calls WHERE state <> 'running' AND ended_lived <= ?`);
    this.removeSession = db.prepare('DELETE FROM long_calls WHERE session_id = ?');
  }

  add(call: NewLongCall): boolean {
    return this.transactions.run(() => {
      const { all, running } = this.counts.get(call.client_id) ?? { all: 0, running: 0 };
      if (running >= this.limits.perClient) return false;
      if (all >= this.limits.perClient) this.removeOldest.run(call.client_id, all - this.limits.perClient + 1);
      this.insert.run(call);
      return true;
    });
  }

  hasRoom(clientId: string): boolean {
    return (this.counts.get(clientId)?.running ?? 0) < this.limits.perClient;
  }

  followed(callId: number, taskId: string): void {
    this.transactions.run(() => this.follow.run(taskId, callId));
  }

  madeAgain(callId: number, againId: number): void {
    this.transactions.run(() => this.again.run(againId, callId));
  }

  withdraw(callId: number): void {
    this.transactions.run(() => this.remove.run(callId));
  }

  answered(callId: number, { text, ok, at, lived }: LongAnswer): boolean {
    const bytes = Buffer.byteLength(text);
    const isKept = bytes <= this.limits.answer;
    return this.transactions.run(() => {
      const state = isKept ? 'answered' : 'gone';
      const kept = { call_id: callId, state, text: isKept ? text : null, bytes, ok: ok ? 1 : 0, at, lived };
      if (this.answer.run(kept).changes === 0) return false;
      this.makeRoom(callId);
      return true;
    });
  }

  cancelled(callId: number, at: Ms, lived: Ms): boolean {
    return this.transactions.run(() => this.cancel.run(at, lived, callId).changes > 0);
  }

  fetch(callId: number, at: Ms): string | null {
    const text = this.answerOf(callId);
    if (text !== null) this.transactions.attempt(() => this.markFetched.run(at, callId));
    return text;
  }

  answerOf(callId: number): string | null {
    return this.text.get(callId) ?? null;
  }

  get(callId: number): LongCall | null {
    return callOf(this.byId.get(callId));
  }

  ofHandle(handle: string): LongCall | null {
    return callOf(this.byHandle.get(handle));
  }

  ofClient(clientId: string): LongCall[] {
    return callsOf(this.byClient.all(clientId));
  }

  all(limit: number): LongCall[] {
    return callsOf(this.newest.all(limit));
  }

  running(): LongCall[] {
    return callsOf(this.stillRunning.all());
  }

  removeAged(lived: Ms): void {
    this.transactions.attempt(() => {
      this.age.run(lived - ANSWER_KEPT);
      this.forget.run(lived - CALL_KEPT);
    });
  }

  /** Deletes what is kept of a session that is deleted. */
  removeOf(sessionId: string): void {
    this.transactions.run(() => this.removeSession.run(sessionId));
  }

  /** Answers that were fetched go first, then the oldest, but never the newest one. */
  private makeRoom(newest: number): void {
    for (let sum = this.sum.get() ?? 0; sum > this.limits.bytes; ) {
      const first = this.firstToGo.get(newest);
      if (!first) return;
      this.drop.run(first.call_id);
      sum -= first.bytes;
    }
  }
}

const callOf = (row: Row | undefined): LongCall | null =>
  row ? { ...row, ok: row.ok === null ? null : row.ok === 1 } : null;

const callsOf = (rows: readonly Row[]): LongCall[] => rows.flatMap((row) => callOf(row) ?? []);
