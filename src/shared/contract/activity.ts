import { z } from 'zod';
import { eventSchema } from './event';
import { call } from './method';
import { instantSchema } from './time';

const n = z.number().int().nonnegative();

/** How a message ended. `sent`: a notification, which nobody answers. */
const activityOutcomeSchema = z.enum(['ok', 'tool_error', 'error', 'cancelled', 'lost', 'sent']);

/** What became of one message. Its contents are not part of it. */
export const activitySchema = z.object({
  activity_id: n.describe('grows in the order in which outcomes became known'),
  at: n.describe('when it came, in milliseconds since the Unix epoch'),
  session_id: z.string().nullable(),
  transport_id: z.string().nullable(),
  client_id: z.string().nullable().describe('null for what a server asks, and for a call that was made by hand'),
  direction: z.enum(['to_server', 'to_client']),
  kind: z.enum(['request', 'notification']),
  method: z.string(),
  name: z.string().nullable().describe('tool, prompt or resource, where the method has one'),
  server: z.string().nullable().describe('null: Holdfast answered by itself'),
  instance_id: z.string().nullable(),
  pid: n.nullable().describe('of the process that served it; null over HTTP'),
  duration_ms: z.number().nonnegative().nullable().describe('until its outcome; null for a notification'),
  first_ms: z.number().nonnegative().nullable().describe('until the first thing was sent back for it'),
  bytes_in: n.describe('of the message'),
  bytes_out: n.describe('of the answer'),
  outcome: activityOutcomeSchema,
  error: z.string().nullable().describe('what the answer says, cut off and without what looks like a secret'),
  error_code: z.number().int().nullable().describe('of JSON-RPC; null for an error of a tool'),
  held_ms: n.describe('how long it waited for a login'),
  repeated: z.boolean().describe('sent to a second process, since the first one ended'),
});

/** Which rows. All conditions hold together. */
const filterShape = {
  session_id: z.string().max(200).optional(),
  client_id: z.string().max(200).optional(),
  server: z.string().max(200).optional(),
  failed: z.boolean().default(false).describe('only tool errors, errors and what was lost'),
  text: z.string().max(200).optional().describe('found in method, name, server or error'),
  q: z
    .string()
    .max(200)
    .optional()
    .describe('in the words of the filter: `server:tickets slower:500ms -is:failed timeout`'),
  from: instantSchema.optional().describe('came at this time or later'),
  to: instantSchema.optional().describe('came before this time'),
  longer_than_ms: n.optional(),
  group: z.string().max(40).optional().describe('only this kind of failure: `group_id` of a group'),
};

/** A page of rows. */
export const activityQuerySchema = z.object({
  ...filterShape,
  before: n.optional().describe('only rows with a lower `activity_id`, for the next page'),
  after: n.optional().describe('only rows with a higher `activity_id`; they come oldest first'),
  newest: z.boolean().optional().describe('with `after`: the newest of them, newest first'),
  limit: z.number().int().min(1).max(1_000).default(200),
});

const activityNewsSchema = z.object({ ...filterShape, after: n });

export const activityPageSchema = z.object({
  activity: z.array(activitySchema).describe('newest first; with `after` and not `newest`, oldest first'),
  has_more: z.boolean(),
  last_id: n.describe('highest `activity_id` of all rows, whether they fit or not, when this was read'),
});

/** Failures of one kind: the same server, method, name and outcome, and an error that differs in numbers, ids or paths only. */
export const failureGroupSchema = z.object({
  group_id: z.string().describe('the `group` of a query that lists them'),
  count: n,
  last_id: n.describe('`activity_id` of the newest'),
  last_at: n,
  server: activitySchema.shape.server,
  method: z.string(),
  name: activitySchema.shape.name,
  outcome: activityOutcomeSchema,
  error_code: activitySchema.shape.error_code,
  error: z.string().nullable().describe('of the newest'),
  pattern: z.string().nullable().describe('the error with `#` for numbers, and `<id>`, `<path>` and `<time>`'),
});

const failuresQuerySchema = z.object({
  ...filterShape,
  limit: z.number().int().min(1).max(200).default(20),
});

export const failuresSchema = z.object({
  groups: z.array(failureGroupSchema).describe('the largest first'),
  failed: n.describe('how many failures were counted'),
  kinds: n.describe('how many groups there are'),
  is_partial: z.boolean().describe('only the newest 50,000 failures were counted'),
});

/** Calls of one thing that fail again and again in the same way. */
export const failingCallsSchema = z.object({
  group_id: failureGroupSchema.shape.group_id,
  from: n.describe('since when they are counted'),
  count: n.describe('how many failed'),
  of: n.describe('calls of the same thing since then, whatever became of them'),
  server: activitySchema.shape.server,
  name: z.string().describe('tool, prompt or resource'),
  outcome: activityOutcomeSchema,
  error: z.string().nullable().describe('of the newest'),
  pattern: failureGroupSchema.shape.pattern,
  last_at: n,
});

/** What happened in the seconds around a message, from ten seconds before it came until ten seconds after it ended. */
export const momentSchema = z.object({
  activity: activitySchema,
  events: z
    .array(eventSchema)
    .describe('oldest first: of its session and its server, and of Holdfast and the machine; no calls'),
  output: z
    .array(z.object({ at: n, text: z.string(), pid: n.nullable() }))
    .describe('what the processes of its server wrote to standard error, oldest first, as far as it is still known'),
});

export const activityMethods = {
  'activity.list': call({ input: activityQuerySchema, output: activityPageSchema }),
  /** How many rows that fit have a higher id; counted to 1,000. */
  'activity.news': call({ input: activityNewsSchema, output: z.object({ count: n }) }),
  /** Null if the message is not kept any more. */
  'activity.around': call({
    input: z.object({ activity_id: n }),
    output: z.object({ moment: momentSchema.nullable() }),
  }),
  'activity.failures': call({ input: failuresQuerySchema, output: failuresSchema }),
  /** The kind of failures that is worth a sentence: many within the last hour, and still going on. Null if none is. */
  'activity.failing': call({
    input: z.object({}).strict(),
    output: z.object({ failing: failingCallsSchema.nullable() }),
  }),
} as const;

export type Activity = z.infer<typeof activitySchema>;

/** What a row holds, in the order in which tables and files show it. */
export const ACTIVITY_COLUMNS = [
  'activity_id',
  'at',
  'session_id',
  'transport_id',
  'client_id',
  'direction',
  'kind',
  'method',
  'name',
  'server',
  'instance_id',
  'pid',
  'duration_ms',
  'first_ms',
  'bytes_in',
  'bytes_out',
  'outcome',
  'error',
  'error_code',
  'held_ms',
  'repeated',
] as const satisfies readonly (keyof Activity)[];

export type ActivityOutcome = z.infer<typeof activityOutcomeSchema>;
export type ActivityQuery = z.output<typeof activityQuerySchema>;
export type ActivityPage = z.infer<typeof activityPageSchema>;
/** What limits rows, in every query. */
export type ActivityFilterInput = Omit<ActivityQuery, 'before' | 'after' | 'newest' | 'limit'>;
export type ActivityNewsQuery = z.output<typeof activityNewsSchema>;
export type FailuresQuery = z.output<typeof failuresQuerySchema>;
export type FailureGroup = z.infer<typeof failureGroupSchema>;
export type FailingCalls = z.infer<typeof failingCallsSchema>;
export type Failures = z.infer<typeof failuresSchema>;
export type Moment = z.infer<typeof momentSchema>;
