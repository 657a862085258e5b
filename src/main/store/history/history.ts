import type { Database, Statement } from 'better-sqlite3';
import type { DisconnectReason } from '../../../shared/contract/event';
import type { History, HistoryBucket, HistoryQuery, HistoryRange } from '../../../shared/contract/history';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { DAY, HOUR, MINUTE, type Ms } from '../../../shared/model/units';
import { LATENCY_COLUMNS, latencyQuantile } from './latency-steps';
import type { LiveRecorder } from './live-recorder';

const RANGES: Record<HistoryRange, { length: Ms; bucket: Ms }> = {
  '1h': { length: HOUR, bucket: MINUTE },
  '24h': { length: DAY, bucket: 15 * MINUTE },
  '7d': { length: 7 * DAY, bucket: HOUR },
  '30d': { length: 30 * DAY, bucket: 6 * HOUR },
};
const BUCKETS = { '1m': MINUTE, '15m': 15 * MINUTE, '1h': HOUR, '6h': 6 * HOUR } as const;
/** More sleeps than a month of naps. Beyond that, the oldest are shown as time when Holdfast was not running. */
const MOST_SLEEPS = 5_000;
/** No screen can show more, and they would make an answer of many megabytes. */
const MOST_BUCKETS = 3_000;

const SUMS = [
  'resumed',
  'restored',
  'reinitialized',
  'token',
  'taken_over',
  'rejected',
  'created',
  'disconnected',
  'server_stops',
  'calls',
  'errors',
  'down_ms',
  'live_ms',
  'observed_ms',
  ...LATENCY_COLUMNS,
] as const;
type Sums = Record<(typeof SUMS)[number] | 'live_peak', number>;
type BucketRow = Sums & { bucket: number };

/** History in buckets. Reads the rollups, so the cost does not depend on the number of events. */
export class HistoryReader {
  private readonly live: LiveRecorder;
  private readonly minutes: Statement<[{ from: Ms; to: Ms; size: Ms }], BucketRow>;
  private readonly hours: Statement<[{ from: Ms; to: Ms; size: Ms }], BucketRow>;
  private readonly first: { minute: Statement<[], Ms | null>; hour: Statement<[], Ms | null> };
  private readonly disconnects: Statement<[{ from: Ms; to: Ms; size: Ms }], DisconnectRow>;
  private readonly sleeps: Statement<[since: Ms], { from: Ms; to: Ms }>;

  constructor(db: Database, live: LiveRecorder) {
    this.live = live;
    this.minutes = db.prepare(sumsOf('history_minute'));
    this.hours = db.prepare(sumsOf('history_hour'));
    this.first = {
      minute: db.prepare<[], Ms | null>('SELECT min(bucket_at) FROM history_minute').pluck(),
      hour: db.prepare<[], Ms | null>('SELECT min(bucket_at) FROM history_hour').pluck(),
    };
    this.disconnects = db.prepare(
      `SELECT at / CAST(:size AS INTEGER) AS bucket, cause AS reason, count(*) AS count FROM events
       WHERE kind = 'session_disconnected' AND at >= :from AND at < :to GROUP BY 1, 2`,
    );
    // A sleep is recorded at its end.
    this.sleeps = db.prepare(
      `SELECT payload ->> '$.from' AS "from", payload ->> '$.to' AS "to" FROM events
       WHERE kind = 'machine_slept' AND at > ? ORDER BY at DESC LIMIT ${MOST_SLEEPS}`,
    );
  }

  /**
   * All buckets of the range, oldest first; the last one contains `now`. They start at multiples of their length in UTC. A
   * bucket in which Holdfast was not running has `observed: false` and no measurements.
   * @throws HoldfastError `invalid_input` if the bucket is longer than the range, or so short that there would be too many
   */
  query(query: HistoryQuery, now: Ms): History {
    const { length, bucket: usual } = RANGES[query.range];
    const size = query.bucket ? BUCKETS[query.bucket] : usual;
    const count = length / size;
    if (count < 1 || count > MOST_BUCKETS) {
      throw new HoldfastError(
        'invalid_input',
        said('said.database.buckets', { range: query.range, bucket: query.bucket ?? '' }),
      );
    }
    const to = Math.floor(now / size) * size + size;
    const from = to - length;
    const found = this.read(from, to, size, now);
    const reasons = byBucket(this.disconnects.all({ from, to, size }));
    const since = this.since(now);
    const asleep = asleepIn(this.sleeps.all(from), from, size, count);
    const buckets = Array.from({ length: count }, (_, index) => {
      const at = from + index * size;
      const bucket = {
        ...toBucket(at, found.get(at / size) ?? NOTHING, asleep[index] ?? 0),
        disconnected_by: reasons.get(at / size) ?? NO_DISCONNECTS,
      };
      return !bucket.observed && at + size <= since ? { ...bucket, before_first_start: true } : bucket;
    });
    return { range: query.range, bucket_ms: size, from, to, buckets };
  }

  /** When Holdfast ran first, to the minute; as far as is known, which is more than any range is long. */
  private since(now: Ms): Ms {
    const hour = this.first.hour.get() ?? now;
    const minute = this.first.minute.get() ?? now;
    // Minutes are kept for a shorter time: only in the first of all hours do they say more.
    return minute - hour < HOUR ? minute : hour;
  }

  private read(from: Ms, to: Ms, size: Ms, now: Ms): Map<number, Sums> {
    const statement = size < HOUR ? this.minutes : this.hours;
    const found = new Map<number, Sums>(statement.all({ from, to, size }).map((row) => [row.bucket, row]));
    // Samples are written a few seconds late; without the pending ones the newest bucket would look unobserved.
    this.live.look(now);
    for (const [minute, sample] of this.live.pending()) {
      if (minute < from || minute >= to) continue;
      const bucket = Math.floor(minute / size);
      const sums = found.get(bucket) ?? NOTHING;
      found.set(bucket, {
        ...sums,
        live_ms: sums.live_ms + sample.live_ms,
        observed_ms: sums.observed_ms + sample.observed_ms,
        live_peak: Math.max(sums.live_peak, sample.live_peak),
      });
    }
    return found;
  }
}

/** The driver binds every number as REAL; without the cast, the division would not round down to a bucket. */
const BUCKET = 'bucket_at / CAST(:size AS INTEGER)';

const sumsOf = (table: 'history_minute' | 'history_hour'): string =>
  `SELECT ${BUCKET} AS bucket, max(live_peak) AS live_peak, ${SUMS.map((c) => `sum(${c}) AS ${c}`).join(', ')}
   FROM ${table} WHERE bucket_at >= :from AND bucket_at < :to GROUP BY ${BUCKET}`;

const NOTHING = Object.fromEntries([...SUMS, 'live_peak'].map((column) => [column, 0])) as Sums;

/** How long each of the buckets was slept through. */
function asleepIn(sleeps: readonly { from: Ms; to: Ms }[], start: Ms, size: Ms, count: number): readonly Ms[] {
  const buckets = new Array<Ms>(count).fill(0);
  for (const { from, to } of sleeps) {
    const first = Math.max(0, Math.floor((from - start) / size));
    const last = Math.min(count - 1, Math.floor((to - start) / size));
    for (let index = first; index <= last; index++) {
      const at = start + index * size;
      buckets[index] = (buckets[index] ?? 0) + Math.max(0, Math.min(to, at + size) - Math.max(from, at));
    }
  }
  return buckets;
}

interface DisconnectRow {
  readonly bucket: number;
  readonly reason: DisconnectReason;
  readonly count: number;
}
type Disconnects = HistoryBucket['disconnected_by'];

const NO_DISCONNECTS: Disconnects = { ended: 0, lost: 0, user: 0, holdfast: 0 };
const GROUPS: Readonly<Record<DisconnectReason, keyof Disconnects>> = {
  client_ended: 'ended',
  stream_lost: 'lost',
  quiet: 'lost',
  user: 'user',
  supervisor_stopped: 'holdfast',
  supervisor_killed: 'holdfast',
};

/** Disconnects of each bucket by group of reasons. */
function byBucket(rows: readonly DisconnectRow[]): ReadonlyMap<number, Disconnects> {
  const found = new Map<number, Disconnects>();
  for (const { bucket, reason, count } of rows) {
    const before = found.get(bucket) ?? NO_DISCONNECTS;
    const group = GROUPS[reason];
    found.set(bucket, { ...before, [group]: before[group] + count });
  }
  return found;
}

function toBucket(at: Ms, sums: Sums, asleep_ms: Ms): Omit<HistoryBucket, 'disconnected_by'> {
  const { resumed, restored, reinitialized, token, taken_over } = sums;
  const { rejected, created, disconnected, server_stops, calls, errors } = sums;
  const observed = sums.observed_ms > 0;
  const expected = sums.live_ms + sums.down_ms;
  const latencies = LATENCY_COLUMNS.map((column) => sums[column] ?? 0);
  return {
    at,
    observed,
    asleep_ms,
    reconnects: { resumed, restored, reinitialized, token, taken_over },
    rejected,
    created,
    disconnected,
    server_stops,
    calls,
    errors,
    live_average: observed ? sums.live_ms / sums.observed_ms : null,
    live_peak: observed ? sums.live_peak : null,
    availability: observed && expected > 0 ? sums.live_ms / expected : null,
    latency_p50: latencyQuantile(latencies, 0.5),
    latency_p95: latencyQuantile(latencies, 0.95),
  };
}
