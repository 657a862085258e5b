import type { HistoryBucket } from '../../shared/contract/history';
import { isoTime, type TableData } from '../../shared/export/table-file';

const CAUSES = ['resumed', 'restored', 'reinitialized', 'token', 'taken_over'] as const;
const REASONS = ['ended', 'lost', 'user', 'holdfast'] as const;

/** Everything that the charts are drawn from, oldest first; what is not known is empty. */
export const bucketTable = (buckets: readonly HistoryBucket[], size: number): TableData => ({
  columns: [
    'from',
    'to',
    'observed',
    'asleep_ms',
    ...CAUSES.map((cause) => `reconnects_${cause}`),
    'rejected',
    'created',
    'disconnected',
    ...REASONS.map((reason) => `disconnected_${reason}`),
    'server_stops',
    'live_average',
    'live_peak',
    'availability',
    'calls',
    'errors',
    'latency_p50_ms',
    'latency_p95_ms',
  ],
  rows: buckets.map((bucket) => [
    isoTime(bucket.at),
    isoTime(bucket.at + size),
    bucket.observed,
    bucket.asleep_ms,
    ...CAUSES.map((cause) => bucket.reconnects[cause]),
    bucket.rejected,
    bucket.created,
    bucket.disconnected,
    ...REASONS.map((reason) => bucket.disconnected_by[reason]),
    bucket.server_stops,
    bucket.live_average,
    bucket.live_peak,
    bucket.availability,
    bucket.calls,
    bucket.errors,
    bucket.latency_p50,
    bucket.latency_p95,
  ]),
});
