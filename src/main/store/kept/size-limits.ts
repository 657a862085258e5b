import type { Database, Statement } from 'better-sqlite3';
import { HoldfastError } from '../../../shared/errors';
import { MIB } from '../../../shared/model/units';
import type { ContentsStore } from '../activity/contents-store';
import type { StreamStore } from '../events/stream-store';
import { emptyJournalIfOwed } from '../lifecycle/empty-journal';
import { overwriting } from '../lifecycle/secure-delete';
import type { Transactions } from '../lifecycle/transactions';
import { readAside } from './read-aside';
import { returnPages } from './return-pages';

/**
 * Bytes that are kept of each; `messages` are those for clients that come back. The log minds its own, and `Upkeep` that of
 * backups.
 */
export interface KeptSizeLimits {
  readonly events: number;
  readonly activity: number;
  readonly history: number;
  readonly contents: number;
  readonly messages: number;
  readonly log: number;
  readonly backups: number;
}

const DEFAULT_SIZE_LIMITS: KeptSizeLimits = {
  events: 1_024 * MIB,
  activity: 128 * MIB,
  history: 16 * MIB,
  contents: 64 * MIB,
  messages: 256 * MIB,
  log: 10 * MIB,
  backups: 2_048 * MIB,
};

/** Most rows that one turn of the event loop removes, which takes about 10 ms. */
const STEP = 5_000;
const SESSION_STEP = 500;
/** Large messages removed in one turn. */
const MESSAGE_STEP = 200;
/** A table is bounded by number as well; rows are seldom so small. */
const ROWS_PER_MIB = 10_000;
/** After removing, this part of a limit stays in use, so that not every further row needs a measurement. */
const LEFT = 0.9;
/** A table has its size measured anew when so many rows have come. */
const GROWTH = 0.1;
/** Removing a tenth of the rows need not free a tenth of the pages; the next round takes the rest. */
const ROUNDS = 8;

interface Area {
  readonly name: 'events' | 'activity' | 'history';
  readonly tables: readonly string[];
  readonly lastId: Statement<[], number>;
  /** Remove the oldest rows, in this order; each takes the number of rows. */
  readonly oldest: readonly Statement<[limit: number]>[];
}

interface Measured {
  readonly rows: number;
  readonly bytes: number;
}

export interface SizeLimitsDeps {
  readonly db: Database;
  readonly transactions: Transactions;
  /** The database; it is measured beside the work. */
  readonly file: string;
  readonly contents: ContentsStore;
  readonly streams: StreamStore;
  readonly log: { warn(fields: object, text: string): void };
}

/**
 * Keeps what is stored within so many bytes: the oldest go first, a few thousand rows at a time, and are overwritten. What a
 * table takes is measured in a worker, and only after it has grown.
 */
export class SizeLimits {
  private readonly deps: SizeLimitsDeps;
  private readonly areas: readonly Area[];
  private readonly endedBeforeEvents: Statement<[limit: number]>;
  private readonly ending = new AbortController();
  /** Sizes, and the newest row at that time. */
  private readonly known = new Map<Area['name'], Measured & { readonly lastId: number }>();
  private limits: KeptSizeLimits = DEFAULT_SIZE_LIMITS;
  private running: Promise<void> | null = null;
  /** Whether the last time ended with a write that failed. */
  private isStuck = false;

  constructor(deps: SizeLimitsDeps) {
    this.deps = deps;
    const { db } = deps;
    const lastId = (table: string, id: string) =>
      db.prepare<[], number>(`SELECT ifnull(max(${id}), 0) FROM ${table}`).pluck();
    const oldest = (table: string, id: string) =>
      db.prepare<[number]>(`DELETE FROM ${table} WHERE ${id} IN (SELECT ${id} FROM ${table} ORDER BY ${id} LIMIT ?)`);
    const history = ['history_minute', 'history_hour'];
    this.areas = [
      { name: 'events', tables: ['events'], lastId: lastId('events', 'seq'), oldest: [oldest('events', 'seq')] },
      {
        name: 'activity',
        tables: ['activity'],
        lastId: lastId('activity', 'activity_id'),
        oldest: [oldest('activity', 'activity_id')],
      },
      {
        name: 'history',
        tables: history,
        // A row a minute.
        lastId: db.prepare<[], number>('SELECT ifnull(max(bucket_at) / 60000, 0) FROM history_minute').pluck(),
        oldest: history.map((table) => oldest(table, 'bucket_at')),
      },
    ];
    this.endedBeforeEvents = db.prepare(
      `DELETE FROM mcp_sessions WHERE session_id IN (SELECT session_id FROM mcp_sessions
         WHERE ended_at < (SELECT at FROM events ORDER BY seq LIMIT 1) ORDER BY ended_at LIMIT ?)`,
    );
  }

  get current(): KeptSizeLimits {
    return this.limits;
  }

  /** Starts to {@link enforce} them if one is lower than before. New contents and messages mind theirs at once. */
  set(limits: KeptSizeLimits): void {
    const before = this.limits;
    this.limits = limits;
    this.deps.contents.limit(limits.contents);
    this.deps.streams.limit(limits.messages);
    const areas = ['events', 'activity', 'history', 'contents', 'messages'] as const;
    if (areas.some((area) => limits[area] < before[area])) void this.enforce();
  }

  /**
   * Removes what is beyond the limits, with other work going on in between, and gives the space back. Ends with the first
   * write that fails, which the log says once until it works again. One at a time; whoever asks meanwhile waits for the
   * same. Never rejects.
   */
  enforce(): Promise<void> {
    this.running ??= this.enforceNow()
      .then(() => {
        this.isStuck = false;
      })
      .catch((error: unknown) => {
        const isUnavailable = error instanceof HoldfastError && error.code === 'storage_unavailable';
        if (this.isOver() || (isUnavailable && this.isStuck)) return;
        this.isStuck = isUnavailable;
        this.deps.log.warn({ err: error }, 'what is kept could not be measured or removed; trying again later');
      })
      .finally(() => {
        this.running = null;
      });
    return this.running;
  }

  /** Gives up what is being measured or removed. */
  close(): void {
    this.ending.abort();
  }

  private async enforceNow(): Promise<void> {
    const { db, contents, streams } = this.deps;
    let removed = false;
    for (const area of this.areas) removed = (await this.enforceOn(area)) || removed;
    for (const store of [contents, streams]) {
      for (let count = MESSAGE_STEP; count >= MESSAGE_STEP && !this.isOver(); await this.turn()) {
        count = store.trimStep(MESSAGE_STEP);
        removed = count > 0 || removed;
      }
    }
    if (this.isOver()) return;
    if (removed) await returnPages(db, () => this.turn());
    else emptyJournalIfOwed(db);
  }

  /** @returns whether something was removed */
  private async enforceOn(area: Area): Promise<boolean> {
    let removed = false;
    for (let round = 0; round < ROUNDS && this.mayBeOver(area); round += 1) {
      const { rows, bytes } = await this.measure(area);
      const limit = this.limits[area.name];
      const byBytes = bytes > limit ? Math.ceil(rows * (1 - (LEFT * limit) / bytes)) : 0;
      const surplus = Math.max(byBytes, rows - rowsIn(limit));
      if (surplus <= 0 || !(await this.remove(area, surplus))) break;
      removed = true;
      this.known.delete(area.name);
    }
    return removed;
  }

  /** Whether a measurement could find too much. Costs next to nothing. */
  private mayBeOver(area: Area): boolean {
    if (this.isOver()) return false;
    const { db } = this.deps;
    const limit = this.limits[area.name];
    const pragma = (name: string) => Number(db.pragma(name, { simple: true }));
    if (pragma('page_count') * pragma('page_size') <= limit) return false;
    const known = this.known.get(area.name);
    if (!known || known.rows === 0) return true;
    const added = Math.max(0, (area.lastId.get() ?? 0) - known.lastId);
    const rows = known.rows + added;
    return added > known.rows * GROWTH || (known.bytes * rows) / known.rows > limit || rows > rowsIn(limit);
  }

  private async measure(area: Area): Promise<Measured> {
    const lastId = area.lastId.get() ?? 0;
    const [row] = await readAside<Measured>(this.deps.file, measureOf(area.tables), [], this.ending.signal);
    const measured = { rows: row?.rows ?? 0, bytes: row?.bytes ?? 0 };
    this.known.set(area.name, { ...measured, lastId });
    return measured;
  }

  /** @returns false if nothing can be removed */
  private async remove(area: Area, surplus: number): Promise<boolean> {
    let left = surplus;
    for (const statement of area.oldest) {
      while (left > 0) {
        const changes = this.removeStep(statement, Math.min(STEP, left));
        left -= changes;
        if (!(await this.turn()) || changes === 0) break;
      }
    }
    while (area.name === 'events' && !this.isOver() && this.removeStep(this.endedBeforeEvents, SESSION_STEP) > 0)
      await this.turn();
    return left < surplus && !this.isOver();
  }

  private removeStep(statement: Statement<[number]>, most: number): number {
    const { db, transactions, streams, contents } = this.deps;
    let changes = 0;
    overwriting(db, () => {
      changes = transactions.run(() => statement.run(most).changes);
    });
    streams.changed();
    contents.changed();
    return changes;
  }

  private isOver(): boolean {
    return this.ending.signal.aborted || !this.deps.db.open;
  }

  /** Lets other work go on. Returns whether there is more to do. */
  private async turn(): Promise<boolean> {
    await new Promise((next) => setImmediate(next));
    return !this.isOver();
  }
}

const rowsIn = (bytes: number): number => Math.floor((bytes / MIB) * ROWS_PER_MIB);

const measureOf = (tables: readonly string[]): string => {
  const names = tables.map((table) => `'${table}'`).join(', ');
  const rows = tables.map((table) => `(SELECT count(*) FROM ${table})`).join(' + ');
  return `SELECT ${rows} AS rows, ifnull(sum(pgsize), 0) AS bytes FROM dbstat
    WHERE aggregate = 1 AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name IN (${names}))`;
};
