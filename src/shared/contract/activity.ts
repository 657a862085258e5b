import { z } from 'zod';
import { call } from './method';

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
export const activityQuerySchema = z.object({
  session_id: z.string().max(200).optional(),
  client_id: z.string().max(200).optional(),
  server: z.string().max(200).optional(),
  failed: z.boolean().default(false).describe('only tool errors, errors and what was lost'),
  text: z.string().max(200).optional().describe('found in method, name, server or error'),
  from: n.optional().describe('came at this time or later'),
  to: n.optional().describe('came before this time'),
  longer_than_ms: n.optional(),
  before: n.optional().describe('only rows with a lower `activity_id`, for the next page'),
  after: n.optional().describe('only rows with a higher `activity_id`; they come oldest first'),
  limit: z.number().int().min(1).max(1_000).default(200),
});

export const activityPageSchema = z.object({
  activity: z.array(activitySchema).describe('newest first; with `after`, oldest first'),
  has_more: z.boolean(),
});

export const activityMethods = {
  'activity.list': call({ input: activityQuerySchema, output: activityPageSchema }),
} as const;

export type Activity = z.infer<typeof activitySchema>;
export type ActivityOutcome = z.infer<typeof activityOutcomeSchema>;
export type ActivityQuery = z.output<typeof activityQuerySchema>;
export type ActivityPage = z.infer<typeof activityPageSchema>;
