import fc from 'fast-check';
import type { EventKind, NewEvent } from '#src/shared/contract/event';

const at = fc.nat(10_000_000);
const small = fc.nat(50);
const transport_id = fc.constantFrom('t_1', 't_2');
const door = fc.constantFrom('mcp' as const, 'tool' as const, 'rest' as const, 'window' as const);
const era = fc.constantFrom('sessionful' as const, 'stateless' as const);
const protocol_version = fc.constantFrom('2025-11-25', '2026-07-28');
const instance = { server: fc.constant('files'), instance_id: fc.constant('i_1'), pid: fc.option(small) };
const client_process = fc.option(
  fc.record({
    pid: fc.integer({ min: 1, max: 9 }),
    started: fc.constant('boot:1'),
    program: fc.constant('Claude Code'),
    parent: fc.constant('zsh'),
    folder: fc.constantFrom('~/shop', null),
    bridged: fc.boolean(),
  }),
);
const client_version = fc.constantFrom('', '1.0.0', '2.0.0');

/** What the payload of each kind of session event may be. Complete: a new kind does not compile without its line. */
const payloads: Record<Exclude<EventKind, GlobalKind>, fc.Arbitrary<unknown>> = {
  session_created: fc.record({
    client_id: fc.constant('c_1'),
    client_type: fc.constant('other'),
    client_name: fc.constant('test'),
    client_version,
    era,
    protocol_version,
    transport_id,
    probe: fc.boolean(),
    server: fc.option(fc.constant('files')),
  }),
  session_used: fc.constant({}),
  transport_attached: fc.record({ transport_id, era, protocol_version, client_process }),
  session_active: fc.constant({}),
  session_idle: fc.constant({}),
  stream_lost: fc.constant({}),
  stream_opened: fc.constant({}),
  session_disconnected: fc.record({
    reason: fc.constantFrom('stream_lost', 'quiet', 'client_ended', 'supervisor_stopped', 'supervisor_killed', 'user'),
    contact_lost_at: at,
  }),
  session_reconnected: fc.record({
    cause: fc.constantFrom('resumed', 'restored', 'reinitialized', 'token', 'taken_over'),
    door,
    downtime_ms: at,
    reconnect_count: small,
    transport_id: fc.option(transport_id),
    client_version,
    client_process,
    after_restart: fc.option(fc.boolean(), { nil: undefined }),
    client: fc.option(
      fc.record({ client_id: fc.constant('c_2'), client_type: fc.constant('cursor'), client_name: fc.constant('two') }),
      { nil: undefined },
    ),
  }),
  handover_offered: fc.record({
    client_id: fc.constant('c_2'),
    client_name: fc.constant('Two'),
    invited: fc.boolean(),
    issued_at: at,
    expires_at: at,
    door,
  }),
  handover_ended: fc.record({ reason: fc.constantFrom('withdrawn', 'expired') }),
  sharing_started: fc.record({
    session_id: fc.constant('s_other'),
    client_id: fc.constant('c_2'),
    client_name: fc.constant('two'),
    role: fc.constantFrom('host', 'guest'),
    asks: fc.constantFrom('host', 'guest'),
    door,
  }),
  sharing_changed: fc.record({ asks: fc.constantFrom('host', 'guest'), door }),
  sharing_ended: fc.record({
    reason: fc.constantFrom('stopped', 'other_left'),
    client_name: fc.constant('two'),
    keeps: fc.boolean(),
  }),
  reconnect_rejected: fc.record({ code: fc.constant('token_expired'), door }),
  token_issued: fc.record({ generation: small, expires_at: at, door }),
  token_reuse_detected: fc.record({ generation: small, door }),
  session_closed: fc.record({
    reason: fc.constantFrom('client', 'user', 'superseded', 'client_removed'),
    superseded_by: fc.constant(null),
  }),
  session_expired: fc.constant({}),
  session_pinned: fc.record({ door }),
  session_unpinned: fc.record({ door }),
  call_completed: fc.record({
    method: fc.constant('tools/call'),
    name: fc.option(fc.constant('echo')),
    ok: fc.boolean(),
    latency_ms: fc.double({ min: 0, max: 60_000, noNaN: true }),
  }),
  server_started: fc.record({ ...instance, cause: fc.constantFrom('use', 'restart'), state_lost: fc.boolean() }),
  server_adopted: fc.record({ ...instance, away_ms: at }),
  server_stopped: fc.record({
    ...instance,
    reason: fc.constantFrom('crashed', 'idle', 'session_ended'),
    code: fc.option(small),
    signal: fc.constant(null),
    calls_lost: small,
  }),
  server_unavailable: fc.record({
    server: instance.server,
    error: fc.constant('it ended'),
    attempt: small,
    next_try_at: fc.option(at),
    circuit_open: fc.boolean(),
  }),
  server_session_renewed: fc.record({ ...instance, reason: fc.constant('it was unknown') }),
};

type GlobalKind =
  | 'client_created'
  | 'client_removed'
  | 'client_key_renewed'
  | 'client_key_ended'
  | 'supervisor_started'
  | 'supervisor_stopped'
  | 'machine_slept'
  | 'server_configured'
  | 'server_tool_changed'
  | 'server_version_changed'
  | 'server_change_accepted'
  | 'login_needed'
  | 'logged_in'
  | 'login_refreshed'
  | 'logged_out'
  | 'servers_file_changed'
  | 'visibility_changed'
  | 'keeper_started'
  | 'keeper_lost';

/** Any event of the session `s_1`, at any time. */
export const anySessionEvent: fc.Arbitrary<NewEvent> = fc.oneof(
  ...Object.entries(payloads).map(([kind, payload]) =>
    fc.record({ at, payload }).map((rest) => ({ ...rest, session_id: 's_1', kind }) as NewEvent),
  ),
);
