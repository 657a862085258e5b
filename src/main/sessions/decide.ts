import type { ClientProcess } from '../../shared/contract/client-process';
import type { CloseReason, DisconnectReason, Door, NewEvent } from '../../shared/contract/event';
import type { Era, Offer, ReconnectCause, Session, Sharing, SharingRole } from '../../shared/contract/session';
import type { SessionPolicy } from '../../shared/model/policy';
import { hasEnded, isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { StoredSession } from './session-ports';

/** An issued token: its number within its session, and when it expires. */
export interface IssuedGeneration {
  readonly generation: number;
  readonly expires_at: Ms;
}

/** The transport a client came back on and what it speaks there. Without one, only the client's version is known. */
interface Spoken {
  readonly transport_id: string | null;
  readonly client_version: string;
  readonly client_process?: ClientProcess | null;
  readonly era?: Era;
  readonly protocol_version?: string;
}

/** The client that takes a session over. */
type TakingOver = Pick<Session, 'client_id' | 'client_type' | 'client_name'>;

/** Something that happened to an existing session, or that was requested of it. */
export type Command =
  /** A request arrived on one of the session's transports. `work` is false if it only opened a stream. */
  | ({ type: 'traffic'; work: boolean; afterRestart: boolean } & Spoken)
  | {
      type: 'attach';
      transport_id: string;
      era: Era;
      protocol_version: string;
      client_process?: ClientProcess | null;
      work: boolean;
    }
  | ({
      type: 'reconnect';
      cause: ReconnectCause;
      door: Door;
      /** The session had dropped because Holdfast stopped or was killed. */
      afterRestart?: boolean;
      /** The successor of the token that was consumed. */
      successor?: IssuedGeneration;
    } & Spoken)
  | { type: 'open_stream' }
  | { type: 'lose_stream' }
  | { type: 'fall_idle' }
  | { type: 'disconnect'; reason: DisconnectReason; contact_lost_at: Ms }
  | ({ type: 'issue_token'; door: Door } & IssuedGeneration)
  | { type: 'detect_reuse'; generation: number; door: Door }
  | { type: 'reject'; code: string; door: Door }
  | { type: 'close'; reason: CloseReason; superseded_by: string | null }
  | { type: 'expire' }
  | ({ type: 'offer'; door: Door } & Offer)
  | { type: 'end_offer'; reason: 'withdrawn' | 'expired' }
  /** From now on another session uses the same servers. Both get this command, each with the other one. */
  | { type: 'share'; sharing: Sharing; work: boolean; door: Door }
  | { type: 'set_asked'; asks: SharingRole; door: Door }
  | { type: 'end_sharing'; reason: 'stopped' | 'other_left' }
  /** Another client goes on with the session, or another process of its own. */
  | ({ type: 'take_over'; client: TakingOver; door: Door; successor?: IssuedGeneration } & Spoken)
  | { type: 'pin'; door: Door }
  | { type: 'unpin'; door: Door };

/**
 * Decides which events a command leads to. Pure: the same session, command and time give the same events.
 * A command that changes nothing gives none. An ended session yields only the record of a rejected reconnect.
 * @param asleep - how long the machine slept since the session was disconnected; nobody was down during that
 */
export function decide(session: Session, command: Command, now: Ms, asleep: Ms = 0): NewEvent[] {
  const { session_id } = session;
  const base = { at: now, session_id };
  if (command.type === 'reject') {
    return [{ ...base, kind: 'reconnect_rejected', payload: { code: command.code, door: command.door } }];
  }
  if (hasEnded(session.status)) return [];
  const attached = isAttached(session.status);
  const firstUse: NewEvent[] = session.probe ? [{ ...base, kind: 'session_used', payload: {} }] : [];

  switch (command.type) {
    case 'traffic': {
      const used = command.work ? firstUse : [];
      if (session.status === 'active') return used;
      if (session.status === 'idle') {
        return command.work ? [...used, { ...base, kind: 'session_active', payload: {} }] : used;
      }
      const cause = command.afterRestart ? 'restored' : 'resumed';
      return [...used, reconnected(session, { ...command, cause, door: 'mcp' }, now, asleep)];
    }
    case 'attach': {
      const { transport_id, era, protocol_version, client_process } = command;
      return [
        ...(command.work ? firstUse : []),
        { ...base, kind: 'transport_attached', payload: { transport_id, era, protocol_version, client_process } },
      ];
    }
    case 'reconnect': {
      const { successor, door } = command;
      const back = reconnected(session, command, now, asleep);
      return successor ? [back, { ...base, kind: 'token_issued', payload: { ...successor, door } }] : [back];
    }
    case 'open_stream':
      return session.degraded ? [{ ...base, kind: 'stream_opened', payload: {} }] : [];
    case 'lose_stream':
      return attached && !session.degraded ? [{ ...base, kind: 'stream_lost', payload: {} }] : [];
    case 'fall_idle':
      return session.status === 'active' ? [{ ...base, kind: 'session_idle', payload: {} }] : [];
    case 'disconnect': {
      const { reason, contact_lost_at } = command;
      return attached ? [{ ...base, kind: 'session_disconnected', payload: { reason, contact_lost_at } }] : [];
    }
    case 'issue_token': {
      const { generation, expires_at, door } = command;
      return [{ ...base, kind: 'token_issued', payload: { generation, expires_at, door } }];
    }
    case 'detect_reuse':
      return [
        { ...base, kind: 'token_reuse_detected', payload: { generation: command.generation, door: command.door } },
      ];
    case 'close': {
      const { reason, superseded_by } = command;
      return [{ ...base, kind: 'session_closed', payload: { reason, superseded_by } }];
    }
    case 'expire':
      return [{ ...base, kind: 'session_expired', payload: {} }];
    case 'offer': {
      const { type: _, ...offer } = command;
      return [{ ...base, kind: 'handover_offered', payload: offer }];
    }
    case 'end_offer':
      return session.offer ? [{ ...base, kind: 'handover_ended', payload: { reason: command.reason } }] : [];
    case 'share': {
      const { sharing, work, door } = command;
      if (session.sharing) return [];
      return [...(work ? firstUse : []), { ...base, kind: 'sharing_started', payload: { ...sharing, door } }];
    }
    case 'set_asked': {
      const { asks, door } = command;
      if (session.sharing === null || session.sharing.asks === asks) return [];
      return [{ ...base, kind: 'sharing_changed', payload: { asks, door } }];
    }
    case 'end_sharing': {
      const { reason } = command;
      if (session.sharing === null) return [];
      const { client_name, role } = session.sharing;
      const keeps = reason === 'other_left' || role === 'host';
      return [{ ...base, kind: 'sharing_ended', payload: { reason, client_name, keeps } }];
    }
    case 'take_over': {
      const { client, door, successor } = command;
      const { client_id, client_name } = session;
      const back = reconnected(
        session,
        { ...command, cause: 'taken_over', from: { client_id, client_name } },
        now,
        asleep,
      );
      const issued: NewEvent[] = successor ? [{ ...base, kind: 'token_issued', payload: { ...successor, door } }] : [];
      return [...firstUse, { ...back, payload: { ...back.payload, client } }, ...issued];
    }
    case 'pin':
      return session.pinned ? [] : [{ ...base, kind: 'session_pinned', payload: { door: command.door } }];
    case 'unpin':
      return session.pinned ? [{ ...base, kind: 'session_unpinned', payload: { door: command.door } }] : [];
  }
}

function reconnected(
  session: Session,
  how: Spoken & {
    cause: ReconnectCause;
    door: Door;
    afterRestart?: boolean;
    from?: Pick<Session, 'client_id' | 'client_name'>;
  },
  now: Ms,
  asleep: Ms,
): Extract<NewEvent, { kind: 'session_reconnected' }> {
  return {
    at: now,
    session_id: session.session_id,
    kind: 'session_reconnected',
    payload: {
      cause: how.cause,
      door: how.door,
      downtime_ms: Math.max(0, now - (session.disconnected_at ?? now) - asleep),
      reconnect_count: session.reconnect_count + 1,
      transport_id: how.transport_id,
      client_version: how.client_version,
      ...(how.client_process ? { client_process: how.client_process } : {}),
      ...(how.from ? { from: how.from } : {}),
      ...(how.afterRestart ? { after_restart: true } : {}),
      ...(how.era === undefined ? {} : { era: how.era }),
      ...(how.protocol_version === undefined ? {} : { protocol_version: how.protocol_version }),
    },
  };
}

/**
 * Whether a disconnected session has outlived its retention; a pinned one never does. It cannot be resumed, even before the tick expires it.
 * @param lived - how long Holdfast has run, so that neither a clock that is set nor a stop uses up the retention
 */
export function isPastRetention({ session, lost_lived }: StoredSession, lived: Ms, policy: SessionPolicy): boolean {
  return !session.pinned && lost_lived !== null && lived - lost_lived >= policy.retention;
}
