import type { NewActivity } from '#src/main/activity/activity-ports';
import { NO_TOKEN, type StoredSession, type TransportRecord } from '#src/main/sessions/session-ports';
import type { Client } from '#src/shared/contract/client';
import type { NewEvent } from '#src/shared/contract/event';
import type { Session } from '#src/shared/contract/session';
import type { Ms } from '#src/shared/model/units';

/** The moment at which tests start. */
export const START: Ms = Date.UTC(2026, 10, 22, 12, 0, 0);

let counter = 0;

/** A client as it is when it was just created. */
export const newClient = (id: string, more: Partial<Client> = {}): Client => ({
  client_id: id,
  name: `Client ${id}`,
  type: 'cursor',
  type_name: null,
  policy: 'sessionful',
  new_process: 'new_session',
  may_take_over: false,
  created_at: START,
  first_seen_at: null,
  last_seen_at: null,
  key_used_at: null,
  old_key: null,
  ...more,
});

/** A session as the manager would save it. */
export function storedSession(session: Partial<Session> = {}, rest: Partial<StoredSession> = {}): StoredSession {
  counter += 1;
  return {
    session: {
      session_id: `s_${String(counter).padStart(22, '0')}`,
      client_id: 'c_00000000001',
      client_type: 'claude-code',
      client_name: 'claude-code',
      client_version: '2.1.0',
      client_process: null,
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      status: 'active',
      degraded: false,
      flapping: false,
      probe: false,
      pinned: false,
      offer: null,
      sharing: null,
      created_at: START,
      last_activity: START,
      disconnected_at: null,
      ended_at: null,
      reconnect_count: 0,
      last_reconnect_cause: null,
      recent_reconnects: [],
      calls: 0,
      errors: 0,
      recent_latencies: [],
      reconnect_expires_at: null,
      ...session,
    },
    token: NO_TOKEN,
    offer_hash: null,
    disconnect_reason: null,
    lost_lived: null,
    ...rest,
  };
}

export function transport(record: Partial<TransportRecord> = {}): TransportRecord {
  counter += 1;
  return {
    transport_id: `t_${String(counter).padStart(22, '0')}`,
    client_id: 'c_00000000001',
    session_id: null,
    reserved_session_id: `s_r${String(counter).padStart(21, '0')}`,
    server: null,
    era: 'sessionful',
    client_name: 'claude-code',
    client_version: '2.1.0',
    protocol_version: '2025-11-25',
    initialize_params: { capabilities: {} },
    client_process: null,
    stream: 'none',
    created_at: START,
    ended_at: null,
    went_to: null,
    ...record,
  } as TransportRecord;
}

/** An event that needs no session. */
export const note = (at: Ms): NewEvent => ({ at, session_id: null, kind: 'supervisor_stopped', payload: {} });

export const call = (session_id: string, at: Ms, latency_ms = 5, ok = true): NewEvent => ({
  at,
  session_id,
  kind: 'call_completed',
  payload: { method: 'tools/call', name: 'echo', ok, latency_ms },
});

export const reconnected = (
  session_id: string,
  at: Ms,
  downtime_ms = 0,
  cause: 'resumed' | 'restored' | 'reinitialized' | 'token' = 'resumed',
): NewEvent => ({
  at,
  session_id,
  kind: 'session_reconnected',
  payload: { cause, door: 'mcp', downtime_ms, reconnect_count: 1, transport_id: null, client_version: '2.1.0' },
});

/** A call with its outcome, of no session yet. */
export const CALLED: NewActivity = {
  at: START,
  session_id: null,
  transport_id: null,
  client_id: 'c_1',
  direction: 'to_server',
  kind: 'request',
  method: 'tools/call',
  name: 'echo',
  server: 'echo',
  instance_id: 'i_1',
  pid: 4711,
  duration_ms: 5,
  first_ms: 5,
  bytes_in: 10,
  bytes_out: 20,
  outcome: 'ok',
  error: null,
  error_code: null,
  held_ms: 0,
  repeated: false,
};
