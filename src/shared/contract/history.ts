import { z } from 'zod';
import { eventSchema } from './event';
import { LAST_TIME, TOO_LATE } from './time';

const historyRangeSchema = z.enum(['1h', '24h', '7d', '30d']);
export type HistoryRange = z.infer<typeof historyRangeSchema>;

export const historyQuerySchema = z.object({
  range: historyRangeSchema.default('24h'),
  bucket: z.enum(['1m', '15m', '1h', '6h']).optional().describe('defaults to one that suits the range'),
});
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

const n = z.number().nonnegative();
const time = n.max(LAST_TIME, TOO_LATE);

/** What happened between `at` and `at + bucket_ms`. `observed: false`: Holdfast was not running, or the machine slept. */
const historyBucketSchema = z.object({
  at: n,
  observed: z.boolean(),
  before_first_start: z.boolean().optional().describe('nothing is known of it, because Holdfast had never run yet'),
  asleep_ms: n.describe('how long the machine slept; that counts neither as attached nor as a gap'),
  reconnects: z.object({ resumed: n, restored: n, reinitialized: n, token: n, taken_over: n }),
  rejected: n.describe('reconnects that were refused'),
  created: n,
  disconnected: n,
  disconnected_by: z
    .object({ ended: n, lost: n, user: n, holdfast: n })
    .describe(
      'why: the client ended, its connection was lost or quiet, somebody disconnected it here, or Holdfast stopped; together fewer than all where events are no longer kept',
    ),
  server_stops: n.describe('server processes and connections that ended on their own or with the keeper'),
  live_average: n.nullable().describe('attached sessions, averaged over the observed time; null when not observed'),
  live_peak: n.nullable(),
  availability: z.number().min(0).max(1).nullable().describe('attached time / (attached time + healed gaps)'),
  calls: n,
  errors: n,
  latency_p50: n.nullable().describe('milliseconds, upper bound of the histogram step'),
  latency_p95: n.nullable(),
});
export type HistoryBucket = z.infer<typeof historyBucketSchema>;

export const historySchema = z.object({
  range: historyRangeSchema,
  bucket_ms: n,
  from: n,
  to: n,
  buckets: z.array(historyBucketSchema).describe('oldest first, without gaps'),
});
export type History = z.infer<typeof historySchema>;

export const historyEventsQuerySchema = z.object({
  from: time,
  to: time,
  kinds: z.array(z.string()).optional(),
  limit: z.number().int().min(1).max(500).default(200),
  before: z.object({ at: time, seq: n }).optional().describe('only events older than this one'),
  gaps: z.boolean().default(false).describe('whether to add up the gaps of the whole time as well'),
});

const gapTotalsSchema = z.object({
  count: n.describe('returns of clients'),
  longest_ms: n,
  total_ms: n,
});
/** How long clients were away in the gaps that ended in a stretch of time. */
export type GapTotals = z.infer<typeof gapTotalsSchema>;

export const historyEventsSchema = z.object({
  events: z.array(eventSchema).describe('newest first'),
  has_more: z.boolean(),
  gaps: gapTotalsSchema.nullable().describe('null when they were not asked for'),
});
