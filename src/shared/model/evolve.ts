import type { EventOf, NewEvent } from '../contract/event';
import type { Session } from '../contract/session';
import { FLAP_COUNT, FLAP_WINDOW, LATENCY_SAMPLES } from './policy';
import { hasEnded, isAttached, newSession } from './session';

/**
 * Folds one event into a session. Pure and total. The main process and the window share this function, so what they show
 * can differ only by how far each has read.
 *
 * An ended session stays ended whatever follows; `last_activity` and `reconnect_count` never go back.
 *
 * @param session - the session before, or null before its first event
 * @returns the session afterwards; null if it has never been created
 */
export function evolve(session: Session | null, event: NewEvent): Session | null {
  if (event.session_id === null) return session;
  if (event.kind === 'session_created') return session ?? newSession(event);
  if (session === null) return null;
  if (hasEnded(session.status)) return session;
  return withFlapping(fold(session, event), event.at);
}

function fold(session: Session, event: NewEvent): Session {
  switch (event.kind) {
    case 'session_used':
      return { ...session, probe: false };
    case 'transport_attached':
      return {
        ...touched(session, event.at),
        ...attached,
        client_process: event.payload.client_process ?? session.client_process,
        era: event.payload.era,
        protocol_version: event.payload.protocol_version,
      };
    case 'session_active':
      return isAttached(session.status) ? { ...touched(session, event.at), status: 'active' } : session;
    case 'session_idle':
      return session.status === 'active' ? { ...session, status: 'idle' } : session;
    case 'stream_lost':
      return isAttached(session.status) ? { ...session, degraded: true } : session;
    case 'stream_opened':
      return { ...session, degraded: false };
    case 'session_disconnected':
      return isAttached(session.status)
        ? { ...session, status: 'disconnected', degraded: false, disconnected_at: event.payload.contact_lost_at }
        : session;
    case 'session_reconnected':
      return {
        ...touched(session, event.at),
        ...attached,
        reconnect_count: Math.max(session.reconnect_count, event.payload.reconnect_count),
        last_reconnect_cause: event.payload.cause,
        recent_reconnects: isOurs(event.payload)
          ? session.recent_reconnects
          : [...session.recent_reconnects, event.at].slice(-FLAP_COUNT),
        client_version: event.payload.client_version || session.client_version,
        // Of another client that cannot be told, the process of the old one says nothing.
        client_process: event.payload.client_process ?? (event.payload.client ? null : session.client_process),
        era: event.payload.era ?? session.era,
        protocol_version: event.payload.protocol_version ?? session.protocol_version,
        // What a client was offered or issued is nothing to the one that has the session now.
        ...(event.payload.client ? { ...event.payload.client, offer: null, reconnect_expires_at: null } : {}),
      };
    case 'handover_offered': {
      const { door: _, ...offer } = event.payload;
      return { ...session, offer };
    }
    case 'handover_ended':
      return { ...session, offer: null };
    case 'sharing_started': {
      const { door: _, ...sharing } = event.payload;
      return { ...session, sharing, offer: null };
    }
    case 'sharing_changed':
      return { ...session, sharing: session.sharing && { ...session.sharing, asks: event.payload.asks } };
    case 'sharing_ended':
      return { ...session, sharing: null };
    case 'token_issued':
      return { ...session, reconnect_expires_at: event.payload.expires_at };
    case 'token_reuse_detected':
      return { ...session, reconnect_expires_at: null };
    case 'session_pinned':
      return { ...session, pinned: true };
    case 'session_unpinned':
      return { ...session, pinned: false };
    case 'call_completed':
      return {
        ...touched(session, event.at),
        calls: session.calls + 1,
        errors: session.errors + (event.payload.ok ? 0 : 1),
        recent_latencies: [...session.recent_latencies, event.payload.latency_ms].slice(-LATENCY_SAMPLES),
      };
    case 'session_closed':
      return { ...ended(session, event.at), status: 'closed' };
    case 'session_expired':
      return { ...ended(session, event.at), status: 'expired' };
    default:
      return session;
  }
}

/** A return after Holdfast itself was away, or at a person's wish. However often that happens, no client is unreliable for it. */
const isOurs = ({ cause, after_restart }: EventOf<'session_reconnected'>['payload']): boolean =>
  cause === 'restored' || cause === 'taken_over' || after_restart === true;

const attached = { status: 'active', degraded: false, disconnected_at: null } as const;

const touched = (session: Session, at: number): Session => ({
  ...session,
  last_activity: Math.max(session.last_activity, at),
});

/** Who had part in it stays known: the other session goes on with its servers. */
const ended = (session: Session, at: number): Session => ({
  ...session,
  degraded: false,
  pinned: false,
  offer: null,
  ended_at: at,
  reconnect_expires_at: null,
});

/** Judges flapping at the time of the event, so the fold needs no clock; {@link isFlapping} judges it now. */
function withFlapping(session: Session, at: number): Session {
  const flapping = isFlapping(session, at);
  return flapping === session.flapping ? session : { ...session, flapping };
}

/** Five reconnects within ten minutes before `now`. */
export function isFlapping(session: Session, now: number): boolean {
  const oldest = session.recent_reconnects[0];
  return (
    !hasEnded(session.status) &&
    session.recent_reconnects.length >= FLAP_COUNT &&
    oldest !== undefined &&
    now - oldest <= FLAP_WINDOW
  );
}
