import type { Ms } from '../../../shared/model/units';
import type { TransportRecord } from '../session-ports';

/** For a while, what a client opens anew belongs to this session. */
export interface ExpectedTransport {
  readonly session_id: string;
  readonly client_id: string;
  readonly server: string | null;
  /** Only transports of this program; null takes the next awaited, whatever it calls itself. */
  readonly client_name: string | null;
  /** Takes a transport only while the client could mean no other session: it came back by an old id of this awaited. */
  readonly onlyIfAlone?: boolean;
  /** Awake time. */
  readonly until: Ms;
}

/**
 * Sessions that wait for the transports of a client that has just come back: the parallel ones that it initializes at once,
 * also next to its old awaited, or, after a reconnect that came without a transport, the first awaited. A session has at most one
 * claim.
 */
export class ExpectedTransports {
  private readonly bySession = new Map<string, ExpectedTransport>();

  add(awaited: ExpectedTransport): void {
    this.bySession.set(awaited.session_id, awaited);
  }

  /** The session has ended and waits for nothing any more. */
  withdraw(sessionId: string): void {
    this.bySession.delete(sessionId);
  }

  /** The session's client is there: it waits for none any more that it does not know by name. */
  withdrawAwaiting(sessionId: string): void {
    if (this.bySession.get(sessionId)?.client_name === null) this.withdraw(sessionId);
  }

  /** The claim that a new transport falls under; null when there is none, or more than one to choose from. */
  match(record: TransportRecord, awake: Ms, holds: (awaited: ExpectedTransport) => boolean): ExpectedTransport | null {
    this.forget(awake);
    const candidates = [...this.bySession.values()].filter(
      (awaited) =>
        awaited.client_id === record.client_id &&
        awaited.server === record.server &&
        (awaited.client_name === null || awaited.client_name === record.client_name) &&
        holds(awaited),
    );
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  /** Removes claims whose time is over. */
  forget(awake: Ms): void {
    for (const { session_id, until } of this.bySession.values()) if (until < awake) this.withdraw(session_id);
  }
}
