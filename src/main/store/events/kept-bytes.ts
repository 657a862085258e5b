import type { Database, Statement } from 'better-sqlite3';
import { MIB } from '../../../shared/model/units';
import { overwriting } from '../lifecycle/secure-delete';
import type { Transactions } from '../lifecycle/transactions';

/** How many bytes of messages are kept. A message larger than a session may keep is not stored at all. */
export interface ByteLimits {
  readonly perSession: number;
  readonly inAll: number;
}

export const BYTE_LIMITS: ByteLimits = { perSession: 32 * MIB, inAll: 256 * MIB };

/** After dropping, this part of a limit stays in use, so that not every further message drops another one. */
const LEFT = 0.75;
/** What one new message drops besides its own size: so many messages or bytes, which take some milliseconds. */
const MOST_AT_ONCE = { messages: 100, bytes: 8 * MIB };
/** Streams looked at in one go. */
const BATCH = 200;

interface Holding {
  stream_id: string;
  session_id: string;
  sent_index: number;
}

interface Candidate {
  id: number;
  bytes: number;
}

/**
 * Keeps the stored messages within their limits: those that were delivered are dropped first, then the oldest. A dropped
 * message keeps its row, and with it its index in the stream.
 */
export class KeptBytes {
  private limits: ByteLimits;
  private readonly db: Database;
  private readonly transactions: Transactions;
  private readonly sumOf: Statement<[sessionId: string], number>;
  private readonly sumOfAll: Statement<[], number>;
  private readonly holding: Statement<[sessionId: string, leastSent: number, limit: number], Holding>;
  private readonly holdingOfAll: Statement<[leastSent: number, limit: number], Holding>;
  private readonly droppable: Statement<[streamId: string, upTo: number], Candidate>;
  private readonly drop: Statement<[id: number]>;
  private readonly subtract: Statement<[bytes: number, streamId: string]>;
  /** Sums that were read or counted; a rollback forgets them. */
  private readonly bySession = new Map<string, number>();
  private all: number | null = null;

  constructor(db: Database, transactions: Transactions, limits: ByteLimits) {
    this.limits = limits;
    this.db = db;
    this.transactions = transactions;
    this.sumOf = db
      .prepare<[string], number>('SELECT coalesce(sum(bytes), 0) FROM streams WHERE session_id = ?')
      .pluck();
    this.sumOfAll = db.prepare<[], number>('SELECT coalesce(sum(bytes), 0) FROM streams').pluck();
    const holding = (where: string) =>
      `SELECT stream_id, session_id, sent_index FROM streams
       WHERE ${where}bytes > 0 AND sent_index >= ? ORDER BY created_at, rowid LIMIT ?`;
    this.holding = db.prepare(holding('session_id = ? AND '));
    this.holdingOfAll = db.prepare(holding(''));
    this.droppable = db.prepare(
      `SELECT id, bytes FROM stream_messages
       WHERE stream_id = ? AND message_index <= ? AND bytes > 0 ORDER BY message_index LIMIT 1`,
    );
    this.drop = db.prepare('UPDATE stream_messages SET message = NULL, bytes = 0 WHERE id = ?');
    this.subtract = db.prepare('UPDATE streams SET bytes = bytes - ? WHERE stream_id = ?');
  }

  /** Whether a message is too large to be kept. */
  isTooLarge(bytes: number): boolean {
    return bytes > this.limits.perSession;
  }

  /**
   * Makes room for a message: drops as much as it adds and a little more, overwritten in the file. What else is beyond a
   * limit, as after it was lowered, goes with further messages and {@link trimStep}. Call it in the transaction that stores
   * the message, before that, so that the file need not grow, and when its stream has already counted it.
   */
  add(sessionId: string, bytes: number): void {
    if (bytes === 0) return;
    this.transactions.onRollback(() => this.forget());
    // Sums that are read now contain the message.
    const own = this.bySession.get(sessionId);
    this.bySession.set(sessionId, own === undefined ? (this.sumOf.get(sessionId) ?? 0) : own + bytes);
    this.all = this.all === null ? (this.sumOfAll.get() ?? 0) : this.all + bytes;
    const { perSession, inAll } = this.limits;
    const ofSession = () => this.bySession.get(sessionId) ?? 0;
    if (ofSession() > perSession) {
      const isOver = () => ofSession() > perSession * LEFT;
      this.makeRoom(bytes, isOver, (leastSent) => this.holding.all(sessionId, leastSent, BATCH));
    }
    if (this.all > inAll) {
      const isOver = () => (this.all ?? 0) > inAll * LEFT;
      this.makeRoom(bytes, isOver, (leastSent) => this.holdingOfAll.all(leastSent, BATCH));
    }
  }

  /** @param inAll - bytes; new messages mind it at once. What there is already goes with {@link trimStep} */
  limit(inAll: number): void {
    this.limits = { ...this.limits, inAll };
  }

  /**
   * Drops some of what is beyond the limit of all, in the transaction of the caller.
   * @param most - messages
   * @returns how many were dropped
   */
  trimStep(most: number): number {
    this.transactions.onRollback(() => this.forget());
    this.all ??= this.sumOfAll.get() ?? 0;
    if (this.all <= this.limits.inAll) return 0;
    let dropped = 0;
    const isOver = () => dropped < most && (this.all ?? 0) > this.limits.inAll * LEFT;
    const streams = (leastSent: number) => this.holdingOfAll.all(leastSent, BATCH);
    this.shrink(isOver, streams, () => {
      dropped += 1;
    });
    return dropped;
  }

  /** Forgets the sums; they are read again when needed. Call it when rows were removed or moved. */
  forget(): void {
    this.bySession.clear();
    this.all = null;
  }

  private makeRoom(bytes: number, isOver: () => boolean, streams: (leastSent: number) => Holding[]): void {
    const dropped = { messages: 0, bytes: 0 };
    const isEnough = () =>
      dropped.bytes >= bytes &&
      (dropped.messages >= MOST_AT_ONCE.messages || dropped.bytes >= bytes + MOST_AT_ONCE.bytes);
    overwriting(this.db, () =>
      this.shrink(
        () => isOver() && !isEnough(),
        streams,
        (size) => {
          dropped.messages += 1;
          dropped.bytes += size;
        },
      ),
    );
  }

  /** @param streams - the oldest streams with messages, of which at least this many were sent */
  private shrink(
    isOver: () => boolean,
    streams: (leastSent: number) => Holding[],
    onDropped: (bytes: number) => void,
  ): void {
    for (const isDelivered of [true, false]) {
      for (let isWorthwhile = true; isWorthwhile && isOver(); ) {
        isWorthwhile = false;
        for (const { stream_id, session_id, sent_index } of streams(isDelivered ? 1 : 0)) {
          const upTo = isDelivered ? sent_index : Number.MAX_SAFE_INTEGER;
          while (isOver()) {
            const bytes = this.dropFrom(stream_id, session_id, upTo);
            if (bytes === 0) break;
            isWorthwhile = true;
            onDropped(bytes);
          }
        }
      }
    }
  }

  /** Drops the oldest message of a stream. Returns its bytes; 0 if there was none. */
  private dropFrom(streamId: string, sessionId: string, upTo: number): number {
    const oldest = this.droppable.get(streamId, upTo);
    if (!oldest) return 0;
    this.drop.run(oldest.id);
    this.subtract.run(oldest.bytes, streamId);
    const own = this.bySession.get(sessionId);
    if (own !== undefined) this.bySession.set(sessionId, own - oldest.bytes);
    if (this.all !== null) this.all -= oldest.bytes;
    return oldest.bytes;
  }
}
