import type { HoldfastEvent, NewEvent } from '#src/shared/contract/event';
import type { Session } from '#src/shared/contract/session';
import { newSession } from '#src/shared/model/session';

export const T0 = Date.UTC(2026, 10, 22, 12);

const created = (session_id: string, at: number): Extract<NewEvent, { kind: 'session_created' }> => ({
  kind: 'session_created',
  at,
  session_id,
  payload: {
    client_id: 'c_aaaaaaaaaaa',
    client_type: 'cursor',
    client_name: 'cursor-vscode',
    client_version: '1.14.2',
    server: null,
    era: 'sessionful',
    protocol_version: '2025-11-25',
    transport_id: 't_0',
    probe: false,
  },
});

/** A session as its first event makes it, with `change` applied. */
export const makeSession = (change: Partial<Session> = {}): Session => ({
  ...newSession(created(change.session_id ?? 's_one', change.created_at ?? T0)),
  ...change,
});

export const makeCreated = (seq: number, session_id = 's_one', at = T0 + seq): HoldfastEvent => ({
  ...created(session_id, at),
  seq,
});

/** An event of a session that carries nothing. */
export const makeEvent = (
  seq: number,
  kind: 'session_idle' | 'session_active' | 'stream_lost' | 'session_expired',
  session_id = 's_one',
): HoldfastEvent => ({ seq, at: T0 + seq, session_id, kind, payload: {} });

export const makeSleep = (seq: number, from: number, to: number): HoldfastEvent => ({
  seq,
  at: to,
  session_id: null,
  kind: 'machine_slept',
  payload: { from, to },
});

export const makeDisconnect = (seq: number, at = T0 + seq, session_id = 's_one'): HoldfastEvent => ({
  seq,
  at,
  session_id,
  kind: 'session_disconnected',
  payload: { reason: 'stream_lost', contact_lost_at: at },
});

export const makeReconnect = (
  seq: number,
  downtime_ms: number,
  at = T0 + seq,
  session_id = 's_one',
): HoldfastEvent => ({
  seq,
  at,
  session_id,
  kind: 'session_reconnected',
  payload: {
    cause: 'resumed',
    door: 'mcp',
    downtime_ms,
    reconnect_count: 1,
    transport_id: null,
    client_version: '',
  },
});

const COUNTER = { server: 'counter', instance_id: 'i_1' };

export const makeServerStart = (seq: number, at: number, pid: number | null, state_lost = false): HoldfastEvent => ({
  seq,
  at,
  session_id: 's_one',
  kind: 'server_started',
  payload: { ...COUNTER, pid, cause: state_lost ? 'restart' : 'use', state_lost },
});

export const makeServerStop = (
  seq: number,
  at: number,
  pid: number,
  reason: 'crashed' | 'idle' = 'crashed',
): HoldfastEvent => ({
  seq,
  at,
  session_id: 's_one',
  kind: 'server_stopped',
  payload: { ...COUNTER, pid, reason, code: null, signal: reason === 'crashed' ? 'SIGKILL' : null, calls_lost: 0 },
});
