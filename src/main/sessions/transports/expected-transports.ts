import type { Ms } from '../../../shared/model/units';
import type { TransportRecord } from '../session-ports';

/** For a while, what a client opens anew belongs to this session. */
export interface Claim {
  readonly session_id: string;
  readonly client_id: string;
  readonly server: string | null;
  /** Only transports of this program; null takes the next one, whatever it calls itself. */
  readonly client_name: string | null;
  /** Takes a transport only while the client could mean no other session: it came back by an old id of this one. */
  readonly onlyIfAlone?: boolean;
  /** Awake time. */
  readonly until: Ms;
}

/**
 * Sessions that wait for the transports of a client that has just come back: the parallel ones that it initializes at once,
 * also next to its old one, or, after a reconnect that came without a transport, the first one. A session has at most one
 * claim.
 */
export class Claims {
  private readonly bySession = new Map<string, Claim>();

  add(claim: Claim): void {
    this.bySession.set(claim.session_id, claim);
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
  match(record: TransportRecord, awake: Ms, holds: (claim: Claim) => boolean): Claim | null {
    this.forget(awake);
    const candidates = [...this.bySession.values()].filter(
      (claim) =>
        claim.client_id === record.client_id &&
        claim.server === record.server &&
        (claim.client_name === null || claim.client_name === record.client_name) &&
        holds(claim),
    );
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  /** Removes claims whose time is over. */
  forget(awake: Ms): void {
    for (const { session_id, until } of this.bySession.values()) if (until < awake) this.withdraw(session_id);
  }
}
