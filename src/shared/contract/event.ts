import { z } from 'zod';
import { clientProcessSchema } from './client-process';
import { eraSchema, offerSchema, reconnectCauseSchema, sharingSchema } from './session';

/** Where a command came in. */
const doorSchema = z.enum(['mcp', 'tool', 'rest', 'websocket', 'window', 'timer']);
export type Door = z.infer<typeof doorSchema>;

const disconnectReasonSchema = z.enum([
  'stream_lost',
  'quiet',
  'client_ended',
  'supervisor_stopped',
  'supervisor_killed',
  'user',
]);
const closeReasonSchema = z.enum(['client', 'user', 'superseded', 'client_removed']);

/** Why a server's process or connection ended. `crashed` means on its own; the rest is the doing of Holdfast or its keeper. */
const serverStopReasonSchema = z.enum([
  'crashed',
  'idle',
  'session_ended',
  'disabled',
  'changed',
  'removed',
  'keeper_lost',
  'supervisor_stopped',
  'limit',
  'restarted',
  'stopped',
]);

/**
 * Why a key stopped working while its client stayed. `time`: it was the old one, and its time was over. `user`: it was the old
 * one, and was ended early. `renewed_again`: of three, the one that is of least use. `not_written`: it was the new one, and could
 * not be put where its client reads it.
 */
const keyEndReasonSchema = z.enum(['time', 'user', 'renewed_again', 'not_written']);

/** Omitted if it is not known. */
const client_process = clientProcessSchema.nullable().optional();
const n = z.number().int().nonnegative();
const clientSchema = z.object({ client_id: z.string(), client_type: z.string(), client_name: z.string() });
const instance = {
  server: z.string(),
  instance_id: z.string(),
  pid: n.nullable().describe('null over HTTP'),
};
const event = <K extends string, P extends z.ZodRawShape>(kind: K, payload: P) =>
  z.object({
    seq: z.number().int().positive().describe('position in the event log, without gaps'),
    at: n.describe('milliseconds since the Unix epoch, UTC'),
    session_id: z.string().nullable(),
    kind: z.literal(kind),
    payload: z.object(payload),
  });

/** One immutable row of the event log. Everything that Holdfast shows is derived from these rows. */
export const eventSchema = z.discriminatedUnion('kind', [
  event('session_created', {
    client_id: z.string(),
    client_type: z.string(),
    client_name: z.string(),
    client_version: z.string(),
    era: eraSchema,
    protocol_version: z.string(),
    transport_id: z.string(),
    probe: z.boolean(),
    server: z
      .string()
      .nullable()
      .default(null)
      .describe('the one server it talks to, "set/NAME" for a set of them; null for all'),
    client_process,
  }),
  event('session_used', {}),
  event('transport_attached', {
    transport_id: z.string(),
    era: eraSchema,
    protocol_version: z.string(),
    client_process,
  }),
  event('session_active', {}),
  event('session_idle', {}),
  event('stream_lost', {}),
  event('stream_opened', {}),
  event('session_disconnected', {
    reason: disconnectReasonSchema,
    contact_lost_at: n.describe('when the client was last known to be connected'),
  }),
  event('session_reconnected', {
    cause: reconnectCauseSchema,
    door: doorSchema,
    downtime_ms: n,
    reconnect_count: n,
    transport_id: z.string().nullable(),
    client_version: z.string(),
    era: eraSchema.optional().describe('of the transport it came back on; omitted if there was none'),
    protocol_version: z.string().optional(),
    client_process,
    client: clientSchema.optional().describe('who has it now, when another took it over'),
    from: clientSchema.pick({ client_id: true, client_name: true }).optional().describe('who had it until then'),
    after_restart: z
      .boolean()
      .optional()
      .describe('Holdfast itself had been away, so it says nothing about the client'),
  }),
  event('handover_offered', { ...offerSchema.shape, door: doorSchema }),
  event('handover_ended', { reason: z.enum(['withdrawn', 'expired']) }),
  event('sharing_started', { ...sharingSchema.shape, door: doorSchema }),
  event('sharing_changed', { asks: sharingSchema.shape.asks, door: doorSchema }),
  event('sharing_ended', {
    reason: z.enum(['stopped', 'other_left']),
    client_name: z.string().describe('of the other session'),
    keeps: z.boolean().describe('whether the servers stay with this session'),
  }),
  event('reconnect_rejected', { code: z.string(), door: doorSchema }),
  event('token_issued', { generation: n, expires_at: n, door: doorSchema }),
  event('token_reuse_detected', { generation: n, door: doorSchema }),
  event('session_closed', { reason: closeReasonSchema, superseded_by: z.string().nullable() }),
  event('session_expired', {}),
  event('session_pinned', { door: doorSchema }),
  event('session_unpinned', { door: doorSchema }),
  event('call_completed', {
    method: z.string(),
    name: z.string().nullable().describe('tool, prompt or resource, where the method has one'),
    ok: z.boolean(),
    latency_ms: z.number().nonnegative(),
  }),
  event('client_created', { client_id: z.string(), name: z.string(), type: z.string() }),
  event('client_removed', { client_id: z.string(), name: z.string() }),
  event('client_key_renewed', { client_id: z.string(), name: z.string(), old_key_until: n }),
  event('client_key_ended', { client_id: z.string(), name: z.string(), reason: keyEndReasonSchema }),
  event('supervisor_started', { version: z.string(), previous_stop: z.enum(['none', 'clean', 'killed']) }),
  event('supervisor_stopped', {}),
  event('machine_slept', {
    from: n.describe('when the machine fell asleep, as far as is known'),
    to: n.describe('when it woke'),
  }),
  event('server_started', {
    ...instance,
    cause: z.enum(['use', 'policy', 'restart', 'retry']),
    /** The previous process is gone, along with everything it remembered. */
    state_lost: z.boolean(),
  }),
  event('server_adopted', { ...instance, away_ms: n.describe('how long it ran without a supervisor') }),
  event('server_stopped', {
    ...instance,
    reason: serverStopReasonSchema,
    code: z.number().int().nullable(),
    signal: z.string().nullable(),
    calls_lost: n.describe('calls that got an error because of it'),
  }),
  event('server_unavailable', {
    server: z.string(),
    error: z.string(),
    attempt: n,
    next_try_at: n.nullable(),
    circuit_open: z.boolean(),
  }),
  event('login_needed', {
    server: z.string(),
    host: z.string().nullable().describe('where one logs in; null while that is not known'),
    reason: z.string().describe('why, as a sentence'),
  }),
  event('logged_in', {
    server: z.string(),
    account: z.string().nullable().describe('null when the authorization server does not say who it is'),
    by: z.enum(['person', 'machine']),
  }),
  event('login_refreshed', { server: z.string() }),
  event('logged_out', {
    server: z.string(),
    revoked: z.boolean().describe('false: the authorization server was not told, or did not confirm it'),
  }),
  event('server_tool_changed', {
    server: z.string(),
    tool: z.string(),
    fields: z.array(z.string()).describe('what of it is different from when it was used'),
  }),
  event('server_version_changed', { server: z.string(), from: z.string(), to: z.string() }),
  event('server_change_accepted', {
    server: z.string(),
    tool: z.string().nullable().describe('null: all changes of the server'),
  }),
  event('server_session_renewed', { ...instance, reason: z.string() }),
  event('server_configured', {
    server: z.string(),
    change: z.enum(['added', 'changed', 'enabled', 'disabled', 'confirmed', 'removed', 'restored']),
  }),
  event('servers_file_changed', {
    usable: z.boolean().describe('false: it is not JSON or cannot be read; the previous contents stay in force'),
  }),
  event('visibility_changed', {
    change: z.enum(['hidden', 'shown', 'set_saved', 'set_removed', 'set_chosen', 'search_chosen']),
    client_id: z.string().nullable().describe('the only client that it is about; null for all'),
    server: z.string().nullable().describe('the only server that it is about'),
    set: z.string().nullable(),
    count: n.describe('of tools, prompts, resources and servers'),
  }),
  event('keeper_started', { pid: n }),
  event('keeper_lost', { pid: n, children: n.describe('servers lost with it') }),
]);

export type HoldfastEvent = z.infer<typeof eventSchema>;
export type EventKind = HoldfastEvent['kind'];
type Unnumbered<E> = E extends HoldfastEvent ? Omit<E, 'seq'> : never;
/** An event that has been decided but not yet appended; the log assigns its `seq`. */
export type NewEvent = Unnumbered<HoldfastEvent>;
export type EventOf<K extends EventKind> = Extract<HoldfastEvent, { kind: K }>;
export type KeyEndReason = z.infer<typeof keyEndReasonSchema>;
export type CloseReason = z.infer<typeof closeReasonSchema>;
export type ServerStopReason = z.infer<typeof serverStopReasonSchema>;
export type DisconnectReason = z.infer<typeof disconnectReasonSchema>;

export const timelineQuerySchema = z.object({
  session_id: z.string(),
  before_seq: z.number().int().positive().optional().describe('only events older than this one'),
  kinds: z.array(z.string()).optional(),
  limit: z.number().int().min(1).max(500).default(100),
});
export const timelineSchema = z.object({
  events: z.array(eventSchema).describe('newest first'),
  has_more: z.boolean(),
});
export type TimelineQuery = z.infer<typeof timelineQuerySchema>;
export type Timeline = z.infer<typeof timelineSchema>;
