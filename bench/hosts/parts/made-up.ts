import { NO_TOKEN, type StoredSession } from '../../../src/main/sessions/session-ports';
import type { NewEvent } from '../../../src/shared/contract/event';
import type { SessionStatus } from '../../../src/shared/contract/session';
import { newSession } from '../../../src/shared/model/session';
import { MINUTE, type Ms } from '../../../src/shared/model/units';

const CLIENTS = ['claude-code', 'cursor', 'vscode', 'codex', 'gemini', 'other'] as const;
const CAUSES = ['resumed', 'restored', 'reinitialized', 'token'] as const;

const pick = <T>(values: readonly T[], index: number): T => values[index % values.length] as T;

export const sessionId = (index: number): string => `s_${String(index).padStart(22, '0')}`;

/** A session as it would be after a while of use. The same index gives the same session. */
export function storedSession(index: number, at: Ms, status: SessionStatus): StoredSession {
  const client = pick(CLIENTS, index);
  const session = newSession({
    at,
    session_id: sessionId(index),
    kind: 'session_created',
    payload: {
      client_id: `c_${String(index % 60).padStart(11, '0')}`,
      client_type: client,
      client_name: client,
      client_version: `1.${index % 20}.0`,
      server: null,
      era: 'sessionful',
      protocol_version: '2025-11-25',
      transport_id: `t_${String(index).padStart(22, '0')}`,
      probe: false,
    },
  });
  const hasLeft = status === 'disconnected' || status === 'closed' || status === 'expired';
  return {
    session: {
      ...session,
      status,
      last_activity: at + (index % 1000) * 50,
      disconnected_at: hasLeft ? at + MINUTE : null,
      ended_at: status === 'closed' || status === 'expired' ? at + 2 * MINUTE : null,
      reconnect_count: index % 7,
      last_reconnect_cause: index % 7 === 0 ? null : pick(CAUSES, index),
      calls: (index * 13) % 400,
      errors: index % 5,
      recent_latencies: Array.from({ length: 24 }, (_, call) => ((index + call) * 37) % 900),
    },
    token: NO_TOKEN,
    offer_hash: null,
    disconnect_reason: status === 'disconnected' ? 'quiet' : null,
    lost_lived: status === 'disconnected' ? MINUTE : null,
  };
}

/** Of a hundred events, 90 are calls; the others make sessions come and go. */
export function eventAt(index: number, at: Ms): NewEvent {
  const session_id = sessionId(index % 500);
  const base = { at, session_id };
  switch (index % 100) {
    case 0:
      return { ...base, kind: 'session_disconnected', payload: { reason: 'stream_lost', contact_lost_at: at } };
    case 1:
    case 2:
    case 3:
      return {
        ...base,
        kind: 'session_reconnected',
        payload: {
          cause: pick(CAUSES, Math.floor(index / 100)),
          door: 'mcp',
          downtime_ms: 30_000,
          reconnect_count: index,
          transport_id: null,
          client_version: '1.0.0',
        },
      };
    case 4:
    case 5:
      return { ...base, kind: 'token_issued', payload: { generation: index, expires_at: at, door: 'tool' } };
    case 6:
      return { ...base, kind: 'session_idle', payload: {} };
    case 7:
      return { ...base, kind: 'session_active', payload: {} };
    case 8:
      return { ...base, kind: 'reconnect_rejected', payload: { code: 'token_expired', door: 'rest' } };
    case 9:
      return { ...base, kind: 'session_expired', payload: {} };
    default: {
      const latency_ms = ((index * 7_919) % 4_000) / 10;
      const payload = { method: 'tools/call', name: 'search', ok: index % 50 !== 0, latency_ms };
      return { ...base, kind: 'call_completed', payload };
    }
  }
}
