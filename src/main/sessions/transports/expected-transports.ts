import type { Ms } from '../../../shared/model/units';
import type { TransportRecord } from '../session-ports';

/** For a while, what a client opens anew belongs to this session. */
export interface ExpectedTransport {
  readonly session_id: string;
  readonly client_id: string;
  readonly server: string | null;
  /** Only transports of this program; null takes the next one, whatever its program calls itself. */
  readonly client_name: string | null;
  /** Takes a transport only while the client could mean no other session: it came back to this one by an old id. */
  readonly onlyIfAlone?: boolean;
  /** Awake time. */
  readonly until: Ms;
}

/**
 * Sessions that wait for the transports of a client that has just come back: the parallel ones that it initializes at once,
 * also next to an old one, or, after a reconnect that came without a transport, the first one. A session expects one thing
 * at a time.
 */
export class ExpectedTransports {
  private readonly bySession = new Map<string, ExpectedTransport>();

  add(expected: ExpectedTransport): void {
    this.bySession.set(expected.session_id, expected);
  }

  /** The session has ended and waits for nothing any more. */
  withdraw(sessionId: string): void {
    this.bySession.delete(sessionId);
  }

  /** The session's client is there: it waits for none any more that it does not know by name. */
  withdrawUnnamed(sessionId: string): void {
    if (this.bySession.get(sessionId)?.client_name === null) this.withdraw(sessionId);
  }

  /** What expects the new transport; null when nothing does, or more than one to choose from. */
  match(record: TransportRecord, awake: Ms, holds: (expected: ExpectedTransport) => boolean): ExpectedTransport | null {
    this.forget(awake);
    const candidates = [...this.bySession.values()].filter(
      (expected) =>
        expected.client_id === record.client_id &&
        expected.server === record.server &&
        (expected.client_name === null || expected.client_name === record.client_name) &&
        holds(expected),
    );
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  /** Removes those whose time is over. */
  forget(awake: Ms): void {
    for (const { session_id, until } of this.bySession.values()) if (until < awake) this.withdraw(session_id);
  }
}
