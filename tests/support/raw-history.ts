import type { Database } from 'better-sqlite3';
import { LATENCY_STEPS } from '#src/main/store/history/latency-steps';
import type { HistoryBucket } from '#src/shared/contract/history';
import { DAY, type Ms } from '#src/shared/model/units';

/** What raw events alone tell of a bucket; how long anybody looked is not among them. */
export type RawBucket = Omit<
  HistoryBucket,
  'observed' | 'disconnected_by' | 'live_average' | 'live_peak' | 'availability'
> & {
  down_ms: Ms;
};

interface CountRow {
  bucket: number;
  kind: string;
  cause: string | null;
  flag: number | null;
  count: number;
}

/**
 * The same history as the store's, computed from the event log itself with no use of the rollups: an oracle for tests, and
 * what the rollups are measured against.
 *
 * @param size - length of a bucket; `from` and `to` are multiples of it
 */
export function rawHistory(db: Database, from: Ms, to: Ms, size: Ms): RawBucket[] {
  const span = { from, to };
  const range = { ...span, size };
  const buckets = Array.from({ length: (to - from) / size }, (_, index) => emptyBucket(from + index * size));
  const bucketOf = (number: number) => buckets[number - from / size] as RawBucket;

  const counts = db.prepare<[typeof range], CountRow>(
    `SELECT at / CAST(:size AS INTEGER) AS bucket, kind, cause, coalesce(payload ->> 'probe', payload ->> 'ok', payload ->> 'reason' IN ('crashed', 'keeper_lost')) AS flag, count(*) AS count
     FROM events WHERE at >= :from AND at < :to GROUP BY 1, 2, 3, 4`,
  );
  for (const row of counts.all(range)) addCount(bucketOf(row.bucket), row);

  const latencies = new Map<number, number[]>();
  const calls = db
    .prepare<[typeof range], [number, number]>(
      `SELECT at / CAST(:size AS INTEGER), payload ->> 'latency_ms' FROM events
       WHERE kind = 'call_completed' AND at >= :from AND at < :to`,
    )
    .raw();
  for (const [bucket, latency] of calls.all(range)) {
    const known = latencies.get(bucket);
    if (known) known.push(latency);
    else latencies.set(bucket, [latency]);
  }
  for (const [bucket, values] of latencies) {
    values.sort((a, b) => a - b);
    bucketOf(bucket).latency_p50 = nearestRank(values, 0.5);
    bucketOf(bucket).latency_p95 = nearestRank(values, 0.95);
  }

  const gaps = db
    .prepare<[typeof span], [number, number]>(
      `SELECT at, payload ->> 'downtime_ms' FROM events
       WHERE kind = 'session_reconnected' AND at >= :from AND at < :to`,
    )
    .raw();
  for (const [at, downtime] of gaps.all(span)) {
    const start = at - Math.min(downtime, DAY);
    const first = Math.max(0, Math.floor((start - from) / size));
    const last = Math.floor((at - from) / size);
    for (let index = first; index <= last; index += 1) {
      const bucket = buckets[index] as RawBucket;
      bucket.down_ms += Math.max(0, Math.min(at, bucket.at + size) - Math.max(start, bucket.at));
    }
  }
  return buckets;
}

const emptyBucket = (at: Ms): RawBucket => ({
  at,
  reconnects: { resumed: 0, restored: 0, reinitialized: 0, token: 0, taken_over: 0 },
  rejected: 0,
  created: 0,
  disconnected: 0,
  server_stops: 0,
  calls: 0,
  errors: 0,
  latency_p50: null,
  asleep_ms: 0,
  latency_p95: null,
  down_ms: 0,
});

function addCount(bucket: RawBucket, { kind, cause, flag, count }: CountRow): void {
  if (kind === 'session_reconnected') bucket.reconnects[cause as keyof RawBucket['reconnects']] += count;
  if (kind === 'reconnect_rejected') bucket.rejected += count;
  if (kind === 'server_stopped' && flag === 1) bucket.server_stops += count;
  if (kind === 'session_disconnected') bucket.disconnected += count;
  if (kind === 'session_used' || (kind === 'session_created' && flag === 0)) bucket.created += count;
  if (kind === 'call_completed') {
    bucket.calls += count;
    if (flag === 0) bucket.errors += count;
  }
}

/** The value at the nearest rank, given as the histogram gives it: as the upper bound of its step. */
function nearestRank(sorted: readonly number[], quantile: number): number {
  const exact = sorted[Math.ceil(sorted.length * quantile) - 1] ?? 0;
  return LATENCY_STEPS.find((step) => exact <= step) ?? (LATENCY_STEPS.at(-1) as number);
}
