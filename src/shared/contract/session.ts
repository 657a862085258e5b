import { z } from 'zod';
import { clientProcessSchema } from './client-process';

const ms = z.number().int().nonnegative().describe('milliseconds since the Unix epoch, UTC');

/** What state a session is in right now. */
export const sessionStatusSchema = z.enum(['active', 'idle', 'disconnected', 'expired', 'closed']);
export const eraSchema = z.enum(['sessionful', 'stateless']);
/** Why a session was counted as reconnected. */
export const reconnectCauseSchema = z.enum(['resumed', 'restored', 'reinitialized', 'token', 'taken_over']);

/** Of two sessions that share servers: "host" is the one that they were started for, "guest" the one that joined it. */
const sharingRoleSchema = z.enum(['host', 'guest']);

/** With whom a session shares its servers, as it sees that. */
export const sharingSchema = z.object({
  session_id: z.string().describe('the other session'),
  client_id: z.string(),
  client_name: z.string().describe('of the other session'),
  role: sharingRoleSchema.describe('of this session; the servers stay with the host when sharing is stopped'),
  asks: sharingRoleSchema.describe('who gets what servers ask: sampling, elicitation, roots'),
});

/** A session waits to go on in another client, or in another process of its own; or to be shared with it. */
export const offerSchema = z.object({
  client_id: z.string(),
  client_name: z.string().describe('as it is named in Holdfast'),
  invited: z
    .boolean()
    .describe('it takes over with an invitation; otherwise with the next connection of its that has no session'),
  share: sharingRoleSchema
    .optional()
    .describe('the client joins the session rather than taking it over, and this one is asked by servers then'),
  issued_at: ms,
  expires_at: ms,
});

/**
 * A session, in the one shape that SQLite row, REST, WebSocket, IPC and window share, so no layer renames anything. It
 * never holds a secret.
 */
export const sessionSchema = z.object({
  session_id: z.string(),
  client_id: z.string(),
  client_type: z
    .string()
    .describe('kind of client the key was created for: claude-code, cursor, vscode, codex, gemini, other'),
  client_name: z.string().describe('name the program gave in its initialize request'),
  client_version: z.string(),
  client_process: clientProcessSchema
    .nullable()
    .describe('the program that it was last connected from; null if that is not known'),
  era: eraSchema,
  protocol_version: z.string(),
  server: z
    .string()
    .nullable()
    .describe('what its address /mcp/… names: one server, or "set/NAME" for a set of them; null for all of them'),
  status: sessionStatusSchema,
  degraded: z.boolean().describe('calls work, but the push stream is lost'),
  flapping: z.boolean().describe('5 or more reconnects within 10 minutes of its latest event'),
  probe: z.boolean().describe('initialized, never used; hidden from counts'),
  pinned: z.boolean().describe('kept until it is unpinned or ended, with its servers’ processes'),
  offer: offerSchema.nullable().describe('to whom it is offered, for some minutes; null if to nobody'),
  sharing: sharingSchema
    .nullable()
    .describe('with which session it shares its servers; of an ended one, with which it did last; null: with none'),
  created_at: ms,
  last_activity: ms,
  disconnected_at: ms.nullable().describe('when contact was lost; null while attached'),
  ended_at: ms.nullable(),
  reconnect_count: z.number().int().nonnegative(),
  last_reconnect_cause: reconnectCauseSchema.nullable(),
  recent_reconnects: z.array(ms).describe('times of the latest reconnects, oldest first, at most 5'),
  calls: z.number().int().nonnegative(),
  errors: z.number().int().nonnegative(),
  recent_latencies: z.array(z.number().nonnegative()).describe('milliseconds of the latest calls, oldest first'),
  reconnect_expires_at: ms.nullable().describe('when the newest reconnect token expires; null when there is none'),
});

export type SessionStatus = z.infer<typeof sessionStatusSchema>;
export type Era = z.infer<typeof eraSchema>;
export type ReconnectCause = z.infer<typeof reconnectCauseSchema>;
export type Offer = z.infer<typeof offerSchema>;
export type SharingRole = z.infer<typeof sharingRoleSchema>;
export type Sharing = z.infer<typeof sharingSchema>;
export type Session = z.infer<typeof sessionSchema>;

export const sessionSortSchema = z.enum(['last_activity', 'created_at', 'reconnect_count', 'status', 'client_name']);

/** Filter, order and page of a list of sessions. */
export const sessionQuerySchema = z.object({
  status: z.array(sessionStatusSchema).optional(),
  client_id: z.string().optional(),
  text: z.string().max(200).optional().describe('matches session id, client name and client type'),
  include_probes: z.boolean().default(false),
  sort: sessionSortSchema.default('last_activity'),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.number().int().min(1).max(1000).default(100),
  offset: z.number().int().min(0).default(0),
});
export type SessionQuery = z.infer<typeof sessionQuerySchema>;

export const sessionPageSchema = z.object({
  sessions: z.array(sessionSchema),
  total: z.number().int().nonnegative().describe('sessions that match the filter, across all pages'),
});
export type SessionPage = z.infer<typeof sessionPageSchema>;

const statusBreakdownSchema = z.object({
  active: z.number().int(),
  idle: z.number().int(),
  disconnected: z.number().int(),
  expired: z.number().int(),
  closed: z.number().int(),
});
export type StatusBreakdown = z.infer<typeof statusBreakdownSchema>;

export const sessionsHealthSchema = z.object({
  status_breakdown: statusBreakdownSchema.describe('probes are not counted'),
  degraded: z.number().int(),
  flapping: z.number().int(),
  probes: z.number().int(),
  reconnects: z.object({
    total: z.number().int().describe('across all sessions still kept'),
    last_hour: z.number().int(),
    last_24h: z.number().int(),
  }),
});
export type SessionsHealth = z.infer<typeof sessionsHealthSchema>;

/** Names that the user gave to sessions, by session id. */
export const sessionNamesSchema = z.object({ names: z.record(z.string(), z.string()) });
export const newSessionNameSchema = z.object({
  session_id: z.string(),
  name: z.string().trim().max(60, 'a name has at most 60 characters').describe('empty to take it away'),
});

export const newOfferSchema = z.object({
  session_id: z.string(),
  client_id: z.string().describe('to whom; it must be allowed to take over, unless the session is its own'),
  invited: z
    .boolean()
    .default(false)
    .describe('with an invitation; otherwise the next connection of the client takes the session over'),
  share: sharingRoleSchema
    .optional()
    .describe(
      'the client uses the same servers while both are there, instead of taking them over; and this one of the two is asked by them: the session itself ("host"), or the client that comes ("guest")',
    ),
});
export const sharingChangeSchema = z.object({
  session_id: z.string().describe('either of the two'),
  asks: sharingRoleSchema,
});
/** The invitation is in this answer only. */
export const offeredSchema = z.object({
  session: sessionSchema,
  invitation: z
    .string()
    .nullable()
    .describe('for reconnect_session in the other client; shown this once, null without one'),
});
export type Offered = z.infer<typeof offeredSchema>;

export const issuedTokenSchema = z.object({
  session_id: z.string(),
  reconnect_token: z.string(),
  expires_in_minutes: z.number(),
});
export type IssuedToken = z.infer<typeof issuedTokenSchema>;
