import type { Database, Statement } from 'better-sqlite3';
import type { NewEvent, ServerStopReason } from '../../../shared/contract/event';
import { DAY, HOUR, MINUTE, type Ms } from '../../../shared/model/units';
import { type LatencyColumn, latencyColumn } from './latency-steps';
import type { LiveSamples } from './live-meter';

/** Only the last 24 hours of a longer gap count. This also limits how many rows one event can touch. */
const LONGEST_GAP: Ms = DAY;

/** Columns of the history tables that are sums. `live_peak` is a maximum. */
type SumColumn =
  | 'resumed'
  | 'restored'
  | 'reinitialized'
  | 'token'
  | 'taken_over'
  | 'rejected'
  | 'created'
  | 'disconnected'
  | 'server_stops'
  | 'calls'
  | 'errors'
  | 'down_ms'
  | 'live_ms'
  | 'observed_ms'
  | LatencyColumn;

type Table = 'history_minute' | 'history_hour';
type Cells = Map<SumColumn, number>;
type Change = (table: Table, at: Ms, column: SumColumn, amount: number) => void;

/**
 * Maintains the history tables, with one row per minute and one per hour, from events and the live meter's samples. Writes
 * within the running transaction, so history never disagrees with the log.
 */
export class Rollups {
  private readonly db: Database;
  private readonly statements = new Map<string, Statement<[bucketAt: Ms, amount: number]>>();

  constructor(db: Database) {
    this.db = db;
  }

  /** Counts the events, each at its own time; their order does not matter. */
  addEvents(events: readonly NewEvent[]): void {
    this.countEach(events, (table, at, column, amount) => this.add(table, at, column, amount));
  }

  /** Takes back what these events counted, as far as it is still kept. */
  removeEvents(events: readonly NewEvent[]): void {
    this.countEach(events, (table, at, column, amount) => this.subtract(table, at, column, amount));
  }

  private countEach(events: readonly NewEvent[], change: Change): void {
    const minutes = new Map<Ms, Cells>();
    for (const event of events) count(event, (at, column, amount) => addTo(minutes, at, MINUTE, column, amount));
    const hours = new Map<Ms, Cells>();
    for (const [at, cells] of minutes) for (const [column, amount] of cells) addTo(hours, at, HOUR, column, amount);
    for (const [at, cells] of minutes) for (const [column, sum] of cells) change('history_minute', at, column, sum);
    for (const [at, cells] of hours) for (const [column, sum] of cells) change('history_hour', at, column, sum);
  }

  /** Adds the live meter's samples. */
  addSamples(samples: LiveSamples): void {
    for (const [minute, { live_ms, live_peak, observed_ms }] of samples) {
      for (const [table, at] of [['history_minute', minute] as const, ['history_hour', floor(minute, HOUR)] as const]) {
        this.add(table, at, 'observed_ms', observed_ms);
        if (live_peak === 0) continue;
        this.add(table, at, 'live_ms', live_ms);
        this.add(table, at, 'live_peak', live_peak);
      }
    }
  }

  /** The row may have been deleted meanwhile. */
  private subtract(table: Table, at: Ms, column: SumColumn, amount: number): void {
    this.db
      .prepare<[number, Ms]>(`UPDATE ${table} SET ${column} = max(0, ${column} - ?) WHERE bucket_at = ?`)
      .run(amount, at);
  }

  private add(table: Table, at: Ms, column: SumColumn | 'live_peak', amount: number): void {
    const key = `${table}.${column}`;
    let statement = this.statements.get(key);
    if (!statement) {
      const joined = column === 'live_peak' ? `max(${column}, excluded.${column})` : `${column} + excluded.${column}`;
      statement = this.db.prepare<[Ms, number]>(
        `INSERT INTO ${table} (bucket_at, ${column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET ${column} = ${joined}`,
      );
      this.statements.set(key, statement);
    }
    statement.run(at, amount);
  }
}

type Add = (at: Ms, column: SumColumn, amount: number) => void;

function count(event: NewEvent, add: Add): void {
  const { at } = event;
  switch (event.kind) {
    case 'session_created':
      if (!event.payload.probe) add(at, 'created', 1);
      break;
    // The probe turned out to be a real session.
    case 'session_used':
      add(at, 'created', 1);
      break;
    case 'session_disconnected':
      add(at, 'disconnected', 1);
      break;
    case 'session_reconnected':
      add(at, event.payload.cause, 1);
      addGap(at - Math.min(event.payload.downtime_ms, LONGEST_GAP), at, add);
      break;
    case 'server_stopped':
      if (isUnwanted(event.payload.reason)) add(at, 'server_stops', 1);
      break;
    case 'reconnect_rejected':
      add(at, 'rejected', 1);
      break;
    case 'call_completed':
      add(at, 'calls', 1);
      if (!event.payload.ok) add(at, 'errors', 1);
      add(at, latencyColumn(event.payload.latency_ms), 1);
      break;
  }
}

/** Whether nobody asked for the stop. The other reasons are our own doing and no sign of trouble. */
const isUnwanted = (reason: ServerStopReason): boolean => reason === 'crashed' || reason === 'keeper_lost';

/** Spreads a gap that has ended over the minutes it covers. */
function addGap(from: Ms, to: Ms, add: Add): void {
  for (let start = from; start < to; ) {
    const end = Math.min(to, floor(start, MINUTE) + MINUTE);
    add(start, 'down_ms', end - start);
    start = end;
  }
}

function addTo(rows: Map<Ms, Cells>, at: Ms, size: Ms, column: SumColumn, amount: number): void {
  const bucket = floor(at, size);
  const cells: Cells = rows.get(bucket) ?? new Map();
  rows.set(bucket, cells);
  cells.set(column, (cells.get(column) ?? 0) + amount);
}

const floor = (at: Ms, size: Ms): Ms => Math.floor(at / size) * size;
