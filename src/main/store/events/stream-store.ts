import type { Database, Statement } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import type { Ms } from '../../../shared/model/units';
import type {
  NewStream,
  StoredCall,
  StoredStream,
  StreamMessage,
  StreamRepository,
  UnfinishedStream,
  UnsentMessage,
} from '../../mcp/stored-streams';
import { overwriting } from '../lifecycle/secure-delete';
import type { Transactions } from '../lifecycle/transactions';
import { BYTE_LIMITS, type ByteLimits, KeptBytes } from './kept-bytes';

/** Takes the place of an answer that was dropped. */
const DROPPED = {
  code: -32000,
  message:
    'Holdfast no longer has this answer: it was too large to be kept until its client asked for it again. ' +
    'The call itself is done. Call again only if that does no harm.',
};

/** More deliveries than this are not remembered until the next message. */
const MAX_DELIVERIES = 10_000;

/** What pruning may remove, and how much at once. */
export interface StreamPruning {
  /** Messages stored before this time are removed. */
  readonly before: Ms;
  /** A session with more messages than this loses its oldest ones. */
  readonly maxPerSession: number;
  readonly limit: number;
}

interface UnfinishedRow {
  stream_id: string;
  session_id: string;
  transport_id: string | null;
  request_ids: string;
  calls: string;
  created_at: Ms;
}

interface StoredMessage {
  index: number;
  message: string | null;
  answers: string | null;
}

interface StreamRow {
  kind: 'post' | 'get';
  transport_id: string | null;
  request_ids: string;
  done: number;
  last_index: number;
}

/** The tables `streams` and `stream_messages`. */
export class StreamStore implements StreamRepository {
  private readonly db: Database;
  private readonly transactions: Transactions;
  private readonly insertStream: Statement<[UnfinishedRow & { kind: string }]>;
  private readonly kept: KeptBytes;
  private readonly nextIndex: Statement<
    [sent: number, bytes: number, streamId: string],
    { last_index: number; session_id: string }
  >;
  private readonly insertMessage: Statement<[string, number, string | null, Ms, bytes: number, answers: string | null]>;
  private readonly byId: Statement<[streamId: string, sessionId: string], StreamRow>;
  private readonly known: Statement<[streamId: string], 1>;
  private readonly messages: Statement<[streamId: string, sessionId: string, index: number], StoredMessage>;
  private readonly request: Statement<[sessionId: string, id: string], 1>;
  private readonly replaceCalls: Statement<[calls: string, streamId: string]>;
  private readonly markDone: Statement<[streamId: string]>;
  private readonly markSent: Statement<[streamId: string]>;
  private readonly markAllSent: Statement<[sessionId: string]>;
  private readonly leftOpen: Statement<[], UnfinishedRow>;
  private readonly unsentOf: Statement<[sessionId: string], UnsentMessage>;
  private readonly waitingOf: Statement<[sessionId: string], { stream_id: string; count: number }>;
  private readonly removeStreams: Statement<[sessionId: string]>;
  private readonly setSession: Statement<[sessionId: string, streamId: string]>;
  private readonly pruneOld: Statement<[before: Ms, limit: number]>;
  private readonly crowded: Statement<[max: number], string>;
  private readonly held: Statement<[sessionId: string], number>;
  private readonly pruneCrowded: Statement<[sessionId: string, limit: number]>;
  private readonly pruneStreams: Statement<[before: Ms, limit: number]>;

  /** Streams whose delivery is not written down yet. */
  private deliveries = new Set<string>();

  constructor(db: Database, transactions: Transactions, limits: ByteLimits = BYTE_LIMITS) {
    this.db = db;
    this.transactions = transactions;
    this.kept = new KeptBytes(db, transactions, limits);
    this.insertStream = db.prepare(
      `INSERT INTO streams (stream_id, session_id, kind, request_ids, calls, transport_id, created_at)
       VALUES (:stream_id, :session_id, :kind, :request_ids, :calls, :transport_id, :created_at)`,
    );
    this.nextIndex = db.prepare(
      `UPDATE streams SET last_index = last_index + 1, sent_index = iif(?, last_index + 1, sent_index),
         bytes = bytes + ?
       WHERE stream_id = ? RETURNING last_index, session_id`,
    );
    this.insertMessage = db.prepare(
      'INSERT INTO stream_messages (stream_id, message_index, message, at, bytes, answers) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.byId = db.prepare(
      'SELECT kind, transport_id, request_ids, done, last_index FROM streams WHERE stream_id = ? AND session_id = ?',
    );
    this.known = db.prepare<[string], 1>('SELECT 1 FROM streams WHERE stream_id = ?').pluck();
    this.messages = db.prepare(
      `SELECT message_index AS "index", message, answers FROM stream_messages JOIN streams USING (stream_id)
       WHERE stream_id = ? AND session_id = ? AND message_index > ? AND (message IS NOT NULL OR answers IS NOT NULL)
       ORDER BY message_index`,
    );
    this.request = db
      .prepare<[string, string], 1>(
        `SELECT 1 FROM stream_messages JOIN streams USING (stream_id)
         WHERE session_id = ? AND kind = 'get' AND json_extract(message, '$.id') = ?
           AND json_extract(message, '$.method') IS NOT NULL LIMIT 1`,
      )
      .pluck();
    this.replaceCalls = db.prepare('UPDATE streams SET calls = ? WHERE stream_id = ?');
    this.markDone = db.prepare('UPDATE streams SET done = 1 WHERE stream_id = ?');
    this.markSent = db.prepare('UPDATE streams SET sent_index = last_index WHERE stream_id = ?');
    this.markAllSent = db.prepare(
      `UPDATE streams SET sent_index = last_index WHERE session_id = ? AND kind = 'get' AND sent_index < last_index`,
    );
    this.leftOpen = db.prepare(
      `SELECT stream_id, stream.session_id, transport_id, request_ids, stream.calls, stream.created_at
       FROM streams AS stream INDEXED BY streams_open JOIN mcp_sessions AS session USING (session_id)
       WHERE done = 0 AND kind = 'post' AND session.ended_at IS NULL ORDER BY stream.created_at`,
    );
    this.unsentOf = db.prepare(
      `SELECT stream_id, message FROM stream_messages JOIN streams USING (stream_id)
       WHERE session_id = ? AND kind = 'get' AND message_index > sent_index AND message IS NOT NULL
       ORDER BY stream_messages.id`,
    );
    this.waitingOf = db.prepare(
      `SELECT stream_id, last_index - sent_index AS count FROM streams
       WHERE session_id = ? AND kind = 'get' AND sent_index < last_index ORDER BY created_at DESC LIMIT 1`,
    );
    this.removeStreams = db.prepare('DELETE FROM streams WHERE session_id = ?');
    this.setSession = db.prepare('UPDATE streams SET session_id = ? WHERE stream_id = ?');
    this.pruneOld = db.prepare(
      'DELETE FROM stream_messages WHERE id IN (SELECT id FROM stream_messages WHERE at < ? ORDER BY at LIMIT ?)',
    );
    this.crowded = db
      .prepare<[number], string>('SELECT session_id FROM streams GROUP BY session_id HAVING sum(last_index) > ?')
      .pluck();
    this.held = db
      .prepare<[string], number>(
        'SELECT count(*) FROM stream_messages JOIN streams USING (stream_id) WHERE session_id = ?',
      )
      .pluck();
    this.pruneCrowded = db.prepare(
      `DELETE FROM stream_messages WHERE id IN (
         SELECT id FROM stream_messages JOIN streams USING (stream_id) WHERE session_id = ? ORDER BY id LIMIT ?)`,
    );
    // A standalone stream may be open and silent for days, so streams are removed only when done or without a session.
    this.pruneStreams = db.prepare(
      `DELETE FROM streams WHERE stream_id IN (
         SELECT stream_id FROM streams AS stream WHERE created_at < ?
           AND NOT EXISTS (SELECT 1 FROM stream_messages AS kept WHERE kept.stream_id = stream.stream_id)
           AND (done = 1 OR NOT EXISTS (SELECT 1 FROM mcp_sessions AS session
             WHERE session.session_id = stream.session_id AND session.ended_at IS NULL))
         LIMIT ?)`,
    );
  }

  /** Removes all streams of a session that has ended, with their messages. */
  removeOf(sessionId: string): void {
    this.transactions.run(() => {
      this.removeStreams.run(sessionId);
      this.kept.forget();
    });
  }

  open({ request_ids, calls = [], transport_id = null, ...stream }: NewStream): void {
    const lists = { request_ids: JSON.stringify(request_ids), calls: JSON.stringify(calls) };
    this.transactions.run(() => this.insertStream.run({ ...stream, ...lists, transport_id }));
  }

  append(
    streamId: string,
    message: string | null,
    at: Ms,
    sent = false,
    answers?: NewStream['request_ids'][number],
  ): number {
    return this.transactions.run(() => {
      const size = message === null ? 0 : Buffer.byteLength(message);
      const isKept = !this.kept.isTooLarge(size);
      const bytes = isKept ? size : 0;
      const next = this.nextIndex.get(Number(sent), bytes, streamId);
      if (next === undefined) throw new HoldfastError('not_found', 'This stream is not kept any more.');
      const answered = answers === undefined ? null : JSON.stringify(answers);
      const stored = isKept ? message : null;
      this.recordDeliveries();
      this.kept.add(next.session_id, bytes);
      this.insertMessage.run(streamId, next.last_index, stored, at, bytes, answered);
      return next.last_index;
    });
  }

  delivered(streamId: string): void {
    // Written with the next message: a delivery that is forgotten only changes what is dropped first.
    if (this.deliveries.size < MAX_DELIVERIES) this.deliveries.add(streamId);
  }

  unfinished(): UnfinishedStream[] {
    return this.leftOpen.all().map((row) => ({
      ...row,
      request_ids: JSON.parse(row.request_ids),
      calls: JSON.parse(row.calls),
    }));
  }

  unsent(sessionId: string): UnsentMessage[] {
    return this.unsentOf.all(sessionId);
  }

  waiting(sessionId: string): { readonly stream_id: string; readonly count: number } | null {
    return this.waitingOf.get(sessionId) ?? null;
  }

  sent(streamId: string): void {
    this.transactions.run(() => this.markSent.run(streamId));
  }

  /** The messages that wait for a client of the session are never sent: it has another client from now on. */
  dropWaiting(sessionId: string): void {
    this.transactions.run(() => this.markAllSent.run(sessionId));
  }

  get(sessionId: string, streamId: string): StoredStream | null {
    const row = this.byId.get(streamId, sessionId);
    return row ? { ...row, request_ids: JSON.parse(row.request_ids), done: row.done === 1 } : null;
  }

  has(streamId: string): boolean {
    return this.known.get(streamId) !== undefined;
  }

  after(sessionId: string, streamId: string, index: number): StreamMessage[] {
    return this.messages.all(streamId, sessionId, index).map(({ index: at, message, answers }) => ({
      index: at,
      message: message ?? JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(answers ?? 'null'), error: DROPPED }),
    }));
  }

  hasRequest(sessionId: string, id: string): boolean {
    return this.request.get(sessionId, id) !== undefined;
  }

  setCalls(streamId: string, calls: readonly StoredCall[]): void {
    this.transactions.run(() => this.replaceCalls.run(JSON.stringify(calls), streamId));
  }

  done(streamId: string): void {
    this.transactions.run(() => this.markDone.run(streamId));
  }

  move(streamId: string, toSession: string): void {
    this.transactions.run(() => {
      this.setSession.run(toSession, streamId);
      this.kept.forget();
    });
  }

  /** Removes messages that are too old or too many, then streams left empty. Returns how many rows were removed. */
  prune({ before, maxPerSession, limit }: StreamPruning): number {
    return this.transactions.run(() => {
      let removed = this.pruneOld.run(before, limit).changes;
      for (const session_id of this.crowded.all(maxPerSession)) {
        const surplus = (this.held.get(session_id) ?? 0) - maxPerSession;
        const allowed = Math.min(surplus, limit - removed);
        if (allowed > 0) removed += this.pruneCrowded.run(session_id, allowed).changes;
      }
      if (removed > 0) this.kept.forget();
      return removed + this.pruneStreams.run(before, limit).changes;
    });
  }

  /** @param bytes - of messages of all sessions. New ones mind it at once; what there is goes with {@link trimStep} */
  limit(bytes: number): void {
    this.kept.limit(bytes);
  }

  /**
   * Drops some of what is beyond the limit, overwritten in the file.
   * @param most - messages
   * @returns how many were dropped
   * @throws HoldfastError `storage_unavailable`; nothing was dropped then
   */
  trimStep(most: number): number {
    let dropped = 0;
    overwriting(this.db, () => {
      dropped = this.transactions.run(() => this.kept.trimStep(most));
    });
    return dropped;
  }

  /** Something else has removed rows. */
  changed(): void {
    this.kept.forget();
  }

  private recordDeliveries(): void {
    if (this.deliveries.size === 0) return;
    const { deliveries } = this;
    this.deliveries = new Set();
    this.transactions.onRollback(() => {
      this.deliveries = deliveries;
    });
    for (const streamId of deliveries) this.markSent.run(streamId);
  }
}
