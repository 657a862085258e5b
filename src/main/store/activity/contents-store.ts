import type { Database, Statement } from 'better-sqlite3';
import type { Contents, RecordedPart } from '../../../shared/contract/activity-contents';
import { DAY, type Ms } from '../../../shared/model/units';
import type { RecordedContents } from '../../activity/activity-ports';
import { emptyJournal } from '../lifecycle/empty-journal';
import { overwriting } from '../lifecycle/secure-delete';
import type { Transactions } from '../lifecycle/transactions';

/** How long contents are kept. */
const CONTENTS_KEPT: Ms = DAY;
const MAX_BYTES = 64 * 1024 * 1024;
/** Rows removed in one go. Each has 64 KiB at most. */
const STEP = 500;
/** What new contents remove besides their own size: so many messages, of up to 128 KiB each. */
const MOST_AT_ONCE = 50;
/** Of a row besides its text. */
const OVERHEAD = 64;

type Part = keyof Contents;
interface Row {
  readonly part: Part;
  readonly json: string | null;
  readonly bytes: number;
  readonly cut: 0 | 1;
  readonly masked: number;
}

/**
 * The table `activity_contents`: what was in messages, where that was recorded. It holds 64 MiB
 * unless told otherwise, and nothing for longer than a day. What is deleted is overwritten in the file.
 */
export class ContentsStore {
  private readonly db: Database;
  private readonly transactions: Transactions;
  private maxBytes: number;
  private readonly insert: Statement<[object]>;
  private readonly ofActivity: Statement<[activityId: number], Row>;
  private readonly oldest: Statement<[], { activity_id: number; size: number }>;
  private readonly remove: Statement<[activityId: number]>;
  private readonly aged: Statement<[at: Ms, lived: Ms, limit: number]>;
  private readonly sum: Statement<[], number>;
  /** How much there is; null until it is measured. */
  private size: number | null = null;
  /** Bytes that came within {@link writing}. */
  private added = 0;

  constructor(db: Database, transactions: Transactions, maxBytes = MAX_BYTES) {
    this.db = db;
    this.transactions = transactions;
    this.maxBytes = maxBytes;
    this.insert = db.prepare(
      `INSERT INTO activity_contents (activity_id, part, json, bytes, cut, masked, at, lived)
         VALUES (:activity_id, :part, :json, :bytes, :cut, :masked, :at, :lived)`,
    );
    this.ofActivity = db.prepare('SELECT part, json, bytes, cut, masked FROM activity_contents WHERE activity_id = ?');
    this.oldest = db.prepare(
      `SELECT activity_id, sum(ifnull(octet_length(json), 0) + ${OVERHEAD}) AS size FROM activity_contents
         GROUP BY activity_id ORDER BY activity_id LIMIT 100`,
    );
    this.remove = db.prepare('DELETE FROM activity_contents WHERE activity_id = ?');
    this.aged = db.prepare(
      `DELETE FROM activity_contents WHERE activity_id IN
         (SELECT activity_id FROM activity_contents WHERE at <= ? OR lived <= ? ORDER BY activity_id LIMIT ?)`,
    );
    this.sum = db
      .prepare<[], number>(`SELECT ifnull(sum(ifnull(octet_length(json), 0) + ${OVERHEAD}), 0) FROM activity_contents`)
      .pluck();
  }

  /**
   * Runs `write`, which may add contents, and removes of the oldest beyond the limit as much as was added and a little more;
   * the rest goes with {@link trimStep}. Where pages are split and joined meanwhile, no copies stay behind.
   */
  writing(write: () => void): void {
    overwriting(this.db, () => {
      this.added = 0;
      write();
      this.trim(MOST_AT_ONCE, this.added);
    });
  }

  /** Appends those of one message, within {@link writing} and the transaction of the message. */
  add(activityId: number, { parts, lived }: RecordedContents, at: Ms): void {
    const before = this.measured();
    this.transactions.onRollback(() => {
      this.size = null;
    });
    let added = 0;
    for (const [part, one] of Object.entries(parts) as [Part, RecordedPart | null][]) {
      if (one === null) continue;
      this.insert.run({ ...one, cut: one.cut ? 1 : 0, activity_id: activityId, part, at, lived });
      added += sizeOf(one.json);
    }
    this.size = before + added;
    this.added += added;
  }

  /** Those of one message; null if none were recorded, or they are gone. */
  of(activityId: number): Contents | null {
    const rows = this.ofActivity.all(activityId);
    if (rows.length === 0) return null;
    const part = (name: Part): RecordedPart | null => {
      const row = rows.find((one) => one.part === name);
      return row ? { json: row.json, bytes: row.bytes, cut: row.cut === 1, masked: row.masked } : null;
    };
    return { params: part('params'), result: part('result'), error: part('error') };
  }

  /**
   * Removes what is older than a day, by the time of day or by how long Holdfast has run since, whichever says so first. Of a
   * clock that runs ahead, contents are gone early, which is better than late. Does nothing while the file cannot be written.
   */
  removeAged(now: Ms, lived: Ms): void {
    let removed = 0;
    this.transactions.attempt(() => {
      overwriting(this.db, () => {
        for (let step = STEP; step >= STEP; removed += step) {
          step = this.aged.run(now - CONTENTS_KEPT, lived - CONTENTS_KEPT, STEP).changes;
        }
      });
    });
    if (removed === 0) return;
    this.size = null;
    // The journal still holds what was there.
    emptyJournal(this.db);
  }

  /** New contents mind it at once. What there is already goes with {@link trimStep}. */
  limit(bytes: number): void {
    this.maxBytes = bytes;
  }

  /**
   * Removes some of the oldest beyond the limit.
   * @param most - messages whose contents go
   * @returns how many went
   * @throws HoldfastError `storage_unavailable`; nothing went then
   */
  trimStep(most: number): number {
    let removed = 0;
    overwriting(this.db, () => {
      removed = this.transactions.run(() => {
        this.transactions.onRollback(() => {
          this.size = null;
        });
        return this.trim(most);
      });
    });
    return removed;
  }

  /** Something else has removed rows. */
  changed(): void {
    this.size = null;
  }

  /** Removes the oldest until what is there is within its limit, or so many and so many bytes went. Returns how many did. */
  private trim(most: number, bytes = 0): number {
    let removed = 0;
    let freed = 0;
    const isEnough = () => removed >= most && freed >= bytes;
    while (!isEnough() && this.measured() > this.maxBytes) {
      const rows = this.oldest.all();
      if (rows.length === 0) break;
      for (const { activity_id, size } of rows) {
        this.remove.run(activity_id);
        removed += 1;
        freed += size;
        this.size = Math.max(0, this.measured() - size);
        if (this.size <= this.maxBytes || isEnough()) break;
      }
    }
    return removed;
  }

  private measured(): number {
    this.size ??= this.sum.get() ?? 0;
    return this.size;
  }
}

const sizeOf = (json: string | null): number => (json === null ? 0 : Buffer.byteLength(json)) + OVERHEAD;
