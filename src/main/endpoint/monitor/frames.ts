import type { EventKind, HoldfastEvent } from '../../../shared/contract/event';
import type { MonitorMessage } from '../../../shared/contract/monitor-messages';
import type { Session } from '../../../shared/contract/session';
import type { SessionManager } from '../../sessions/manager';
import type { Principal } from '../../sessions/reconnect/reconnection';

/** A message as it goes over the wire, encoded once for all monitors, with what decides who gets it. */
export interface Frame {
  /** A monitor with this frame and all earlier ones knows everything up to this event. */
  readonly seq: number;
  readonly sessionId: string | null;
  readonly clientId: string | null;
  /** The client that another one took the session from; null for all that is no take-over. */
  readonly takenFrom: string | null;
  readonly data: Buffer;
}

/** The events of one moment as they go over the wire, for monitors that see everything. */
export interface BatchFrame {
  /** The last event. */
  readonly seq: number;
  readonly sessionIds: ReadonlySet<string>;
  readonly data: Buffer;
}

/** Events of one message: what a reader has to parse in one go. */
const BATCH_SIZE = 200;

/** Events with a message type of their own. Every other event of a session is a `session_updated`. */
const OWN_TYPE = new Set<EventKind>(['session_created', 'session_disconnected', 'session_reconnected']);
type ChangeType = Extract<MonitorMessage, { data: { session: Session } }>['type'];

const ADMIN: Principal = { kind: 'admin' };

export const encode = (message: MonitorMessage): Buffer => Buffer.from(JSON.stringify(message));

/** Turns events into frames. */
export class FrameMaker {
  private readonly manager: SessionManager;
  private readonly epoch: string;

  constructor(manager: SessionManager, epoch: string) {
    this.manager = manager;
    this.epoch = epoch;
  }

  /** One frame for each event, with the session as it is now. Frames are made lazily, one at a time. */
  *ofEvents(events: readonly HoldfastEvent[]): Iterable<Frame> {
    const sessions = new Map<string, Session | null>();
    for (const event of events) {
      const id = event.session_id;
      if (id !== null && !sessions.has(id)) sessions.set(id, this.find(id));
      yield this.ofEvent(event, id === null ? null : (sessions.get(id) ?? null));
    }
  }

  /** The events themselves, without the sessions that they change: whoever gets them all can tell what becomes of these. */
  *ofBatches(all: readonly HoldfastEvent[]): Iterable<BatchFrame> {
    for (let at = 0; at < all.length; at += BATCH_SIZE) {
      const events = all.slice(at, at + BATCH_SIZE);
      const seq = events.at(-1)?.seq ?? 0;
      const data = encode({ type: 'events', data: { events }, epoch: this.epoch, seq });
      yield { seq, sessionIds: new Set(events.flatMap(({ session_id }) => session_id ?? [])), data };
    }
  }

  /**
   * The state of a session, in place of the events that led to it.
   * @param seq - the event up to which a monitor with this frame has read
   * @returns null if the session is no longer kept
   */
  ofState(sessionId: string, seq: number): Frame | null {
    const session = this.find(sessionId);
    return session && this.ofChange('session_updated', session, null, seq);
  }

  private ofEvent(event: HoldfastEvent, session: Session | null): Frame {
    const { seq } = event;
    if (session === null) {
      const data = encode({ type: 'notice', data: { event }, epoch: this.epoch, seq });
      return { seq, sessionId: event.session_id, clientId: null, takenFrom: null, data };
    }
    const type = OWN_TYPE.has(event.kind) ? (event.kind as ChangeType) : 'session_updated';
    return this.ofChange(type, session, event, seq);
  }

  private ofChange(type: ChangeType, session: Session, event: HoldfastEvent | null, seq: number): Frame {
    const { session_id, client_id } = session;
    const data = encode({ type, session_id, data: { session, event }, epoch: this.epoch, seq });
    const takenFrom = event?.kind === 'session_reconnected' ? (event.payload.from?.client_id ?? null) : null;
    return { seq, sessionId: session_id, clientId: client_id, takenFrom, data };
  }

  private find(sessionId: string): Session | null {
    return this.manager.sessionExists(sessionId) ? this.manager.get(sessionId, ADMIN) : null;
  }
}
