import { z } from 'zod';
import { eventSchema } from './event';
import { sessionSchema, sessionsHealthSchema } from './session';

const position = { epoch: z.string(), seq: z.number().int().nonnegative() };
const change = <T extends string>(type: T) =>
  z.object({
    type: z.literal(type),
    session_id: z.string(),
    data: z.object({ session: sessionSchema, event: eventSchema.nullable().describe('null when several were merged') }),
    ...position,
  });

/** What the monitor WebSocket sends. */
export const monitorMessageSchema = z.discriminatedUnion('type', [
  /** The first message. `recovered` says whether everything after the requested position will follow. */
  z.object({ type: z.literal('hello'), recovered: z.boolean(), version: z.string(), ...position }),
  /** All sessions; sent when nothing could be recovered, or in reply to `{type:"snapshot"}`. */
  z.object({ type: z.literal('snapshot'), sessions: z.array(sessionSchema), timestamp: z.number(), ...position }),
  z.object({
    type: z.literal('health_update'),
    data: sessionsHealthSchema.extend({ sessions: z.array(sessionSchema), timestamp: z.number() }),
    ...position,
  }),
  change('session_created'),
  change('session_updated'),
  change('session_disconnected'),
  change('session_reconnected'),
  /** Events without gaps, in place of a message for each; only with `?events=batched`. `seq` is that of the last. */
  z.object({ type: z.literal('events'), data: z.object({ events: z.array(eventSchema).min(1) }), ...position }),
  /** An event that belongs to no session: a client was created, the supervisor started. */
  z.object({ type: z.literal('notice'), data: z.object({ event: eventSchema }), ...position }),
  z.object({
    type: z.literal('reconnect_result'),
    session_id: z.string(),
    success: z.boolean(),
    detail: z.string(),
    reconnect_count: z.number().optional(),
    reconnect_token: z.string().optional(),
    expires_in_minutes: z.number().optional(),
    retry_after: z.number().optional().describe('seconds'),
  }),
  z.object({ type: z.literal('error'), detail: z.string() }),
  z.object({ type: z.literal('pong') }),
]);
export type MonitorMessage = z.infer<typeof monitorMessageSchema>;

/** What a monitor may send. `auth` comes first, unless the upgrade request was already authenticated. */
export const monitorCommandSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('auth'),
    key: z.string().max(4096),
    /** Last position seen; later events are sent again if they are still available. */
    since: z.object({ epoch: z.string(), seq: z.number().int().nonnegative() }).optional(),
  }),
  z.object({ type: z.literal('since'), epoch: z.string(), seq: z.number().int().nonnegative() }),
  z.object({ type: z.literal('snapshot') }),
  z.object({ type: z.literal('reconnect'), session_id: z.string(), reconnect_token: z.string().max(4096) }),
  z.object({ type: z.literal('ping') }),
]);
export type MonitorCommand = z.infer<typeof monitorCommandSchema>;

/** Close codes of the monitor WebSocket. After 1001, 1011 and 1013 a client may retry; the others need a change first. */
export const MONITOR_CLOSE = {
  goingAway: 1001,
  failed: 1011,
  tooSlow: 1013,
  unauthorized: 4401,
  notFound: 4404,
} as const;
