import { HoldfastError } from '../../../shared/errors';
import { HOUR, type Ms } from '../../../shared/model/units';
import type { AwakeClock } from '../awake-clock';
import type { Contact } from '../liveness';
import type { StoredTransports, TransportRecord } from '../session-ports';
import { contactOf, isOpen, type LiveTransport, newLiveTransport } from './live-transport';

/** Transports with nothing open and no traffic for this long leave memory; the database still has them. */
const FORGET_AFTER: Ms = HOUR;

/** The transports seen in this run, and through them what is known about each session's client. */
export class TransportTable {
  private readonly byId = new Map<string, LiveTransport>();
  private readonly bySession = new Map<string, Set<LiveTransport>>();
  /** Per session, the last sign of life that did not come from one of its present transports. */
  private readonly touches = new Map<string, Ms>();
  private readonly stored: Pick<StoredTransports, 'get'>;
  private readonly time: AwakeClock;

  constructor(stored: Pick<StoredTransports, 'get'>, time: AwakeClock) {
    this.stored = stored;
    this.time = time;
  }

  /** Adds a transport that its client has just opened. */
  add(record: TransportRecord): void {
    this.keep(newLiveTransport(record, this.time.now()));
  }

  /** The transport, from memory or the database; null if unknown or ended. A lookup is not a sign of life. */
  find(transportId: string): LiveTransport | null {
    const known = this.byId.get(transportId);
    if (known) return known;
    const record = this.stored.get(transportId);
    if (record === null || record.ended_at !== null) return null;
    return this.keep(newLiveTransport(record, null));
  }

  /** @throws HoldfastError `session_not_found` when the transport is unknown or has ended */
  need(transportId: string): LiveTransport {
    const transport = this.find(transportId);
    if (transport === null) throw new HoldfastError('session_not_found');
    return transport;
  }

  /** Stores a committed record. Returns the session that the transport belonged to before; null if none. */
  update(record: TransportRecord): string | null {
    const transport = this.need(record.transport_id);
    const from = transport.record.session_id;
    this.leaveSession(transport);
    transport.record = record;
    this.keep(transport);
    // Until now this transport showed that the old session's client was there.
    if (from !== null && from !== record.session_id) this.touch(from);
    return from;
  }

  /** Drops a transport whose record is marked as ended. */
  end(record: TransportRecord): void {
    const transport = this.byId.get(record.transport_id);
    if (!transport) return;
    this.drop(transport);
    transport.record = record;
  }

  /** Notes a sign of life from the session's client that belongs to no transport. */
  touch(sessionId: string): void {
    this.touches.set(sessionId, this.time.now());
  }

  contact(sessionId: string): Contact {
    return contactOf(this.bySession.get(sessionId) ?? [], this.touches.get(sessionId) ?? 0);
  }

  /** Ids of the transports without a session that were seen lately, however old the wall clock makes them. */
  handshakes(): Set<string> {
    const ids = new Set<string>();
    for (const [id, { record }] of this.byId) if (record.session_id === null) ids.add(id);
    return ids;
  }

  /** Removes transports from memory that have long been quiet and serve no attached session. */
  forget(isAttached: (sessionId: string) => boolean): void {
    const before = this.time.now() - FORGET_AFTER;
    for (const transport of this.byId.values()) {
      const { session_id } = transport.record;
      const isNeeded = isOpen(transport) || (session_id !== null && isAttached(session_id));
      if (!isNeeded && transport.lastTraffic < before) this.drop(transport);
    }
    for (const sessionId of this.touches.keys()) if (!isAttached(sessionId)) this.touches.delete(sessionId);
  }

  private keep(transport: LiveTransport): LiveTransport {
    const { transport_id, session_id } = transport.record;
    this.byId.set(transport_id, transport);
    if (session_id !== null) {
      const peers = this.bySession.get(session_id) ?? new Set();
      this.bySession.set(session_id, peers.add(transport));
    }
    return transport;
  }

  private drop(transport: LiveTransport): void {
    this.byId.delete(transport.record.transport_id);
    this.leaveSession(transport);
  }

  private leaveSession(transport: LiveTransport): void {
    const { session_id } = transport.record;
    if (session_id === null) return;
    const peers = this.bySession.get(session_id);
    peers?.delete(transport);
    if (peers?.size === 0) this.bySession.delete(session_id);
  }
}
