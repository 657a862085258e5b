import type { DisconnectReason } from '../../../shared/contract/event';
import type { Era, ReconnectCause, SessionStatus } from '../../../shared/contract/session';
import { hasEnded } from '../../../shared/model/session';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { StoredSession, TokenState } from '../../sessions/session-ports';

/** The columns of `mcp_sessions` that a {@link StoredSession} fills. */
export const SESSION_COLUMNS = [
  'session_id',
  'client_id',
  'client_type',
  'client_name',
  'client_version',
  'client_process',
  'era',
  'protocol_version',
  'server',
  'status',
  'degraded',
  'flapping',
  'probe',
  'pinned',
  'offer',
  'offer_hash',
  'sharing',
  'created_at',
  'last_activity',
  'disconnected_at',
  'ended_at',
  'disconnect_reason',
  'lost_lived',
  'reconnect_count',
  'last_reconnect_cause',
  'recent_reconnects',
  'calls',
  'errors',
  'recent_latencies',
  'reconnect_token_hash',
  'reconnect_expires_at',
  'token_generation',
  'token_jti',
  'token_iat',
  'previous_token_hash',
  'token_rotated_at',
  'token_used_generation',
  'token_superseded',
  'token_revoked_generation',
] as const;

export interface SessionRow {
  session_id: string;
  client_id: string;
  client_type: string;
  client_name: string;
  client_version: string;
  client_process: string | null;
  era: Era;
  protocol_version: string;
  server: string | null;
  status: SessionStatus;
  degraded: number;
  flapping: number;
  probe: number;
  pinned: number;
  offer: string | null;
  offer_hash: string | null;
  sharing: string | null;
  created_at: Ms;
  last_activity: Ms;
  disconnected_at: Ms | null;
  ended_at: Ms | null;
  disconnect_reason: DisconnectReason | null;
  lost_lived: Ms | null;
  reconnect_count: number;
  last_reconnect_cause: ReconnectCause | null;
  recent_reconnects: string;
  calls: number;
  errors: number;
  recent_latencies: string;
  reconnect_token_hash: string | null;
  reconnect_expires_at: Ms | null;
  token_generation: number;
  token_jti: string | null;
  token_iat: number | null;
  previous_token_hash: string | null;
  token_rotated_at: Ms | null;
  token_used_generation: number;
  token_superseded: string;
  token_revoked_generation: number;
}

/** The database row for a session. */
export function toRow({ session, token, offer_hash, disconnect_reason, lost_lived }: StoredSession): SessionRow {
  const { current, previous } = token;
  return {
    ...session,
    client_process: session.client_process && JSON.stringify(session.client_process),
    degraded: Number(session.degraded),
    flapping: Number(session.flapping),
    probe: Number(session.probe),
    pinned: Number(session.pinned),
    offer: session.offer && JSON.stringify(session.offer),
    offer_hash,
    sharing: session.sharing && JSON.stringify(session.sharing),
    recent_reconnects: JSON.stringify(session.recent_reconnects),
    recent_latencies: JSON.stringify(session.recent_latencies),
    disconnect_reason,
    lost_lived,
    reconnect_token_hash: current?.hash ?? null,
    reconnect_expires_at: current && current.exp * SECOND,
    token_generation: token.generation,
    token_jti: current?.jti ?? null,
    token_iat: current?.iat ?? null,
    previous_token_hash: previous?.hash ?? null,
    token_rotated_at: previous?.rotated_at ?? null,
    token_used_generation: token.used_generation,
    token_superseded: JSON.stringify(token.superseded),
    token_revoked_generation: token.revoked_generation,
  };
}

/** The session stored in a row. */
export function fromRow(row: SessionRow): StoredSession {
  const { disconnect_reason, lost_lived, offer_hash } = row;
  return {
    session: {
      session_id: row.session_id,
      client_id: row.client_id,
      client_type: row.client_type,
      client_name: row.client_name,
      client_version: row.client_version,
      client_process: row.client_process === null ? null : JSON.parse(row.client_process),
      era: row.era,
      protocol_version: row.protocol_version,
      server: row.server,
      status: row.status,
      degraded: row.degraded === 1,
      flapping: row.flapping === 1,
      probe: row.probe === 1,
      pinned: row.pinned === 1,
      offer: row.offer === null ? null : JSON.parse(row.offer),
      sharing: row.sharing === null ? null : JSON.parse(row.sharing),
      created_at: row.created_at,
      last_activity: row.last_activity,
      disconnected_at: row.disconnected_at,
      ended_at: row.ended_at,
      reconnect_count: row.reconnect_count,
      last_reconnect_cause: row.last_reconnect_cause,
      recent_reconnects: JSON.parse(row.recent_reconnects),
      calls: row.calls,
      errors: row.errors,
      recent_latencies: JSON.parse(row.recent_latencies),
      // An ended session keeps its last token's claims, but there is nothing left to reconnect to.
      reconnect_expires_at: hasEnded(row.status) ? null : row.reconnect_expires_at,
    },
    token: tokenOf(row),
    offer_hash,
    disconnect_reason,
    lost_lived,
  };
}

function tokenOf(row: SessionRow): TokenState {
  const { reconnect_token_hash: hash, token_jti: jti, token_iat: iat, reconnect_expires_at: expires } = row;
  const { previous_token_hash: previous, token_rotated_at: rotated_at } = row;
  return {
    generation: row.token_generation,
    current:
      hash !== null && jti !== null && iat !== null && expires !== null
        ? { hash, jti, iat, exp: expires / SECOND }
        : null,
    previous: previous !== null && rotated_at !== null ? { hash: previous, rotated_at } : null,
    used_generation: row.token_used_generation,
    superseded: JSON.parse(row.token_superseded),
    revoked_generation: row.token_revoked_generation,
  };
}
