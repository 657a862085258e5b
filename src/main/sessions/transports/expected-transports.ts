import type { ClientProcess } from '../../../shared/contract/client-process';
import { isSameProcess } from '../../../shared/model/client-process';
import type { Ms } from '../../../shared/model/units';
import type { TransportRecord } from '../session-ports';

/** A session that a client's next transport will belong to, for a limited time. */
export interface ExpectedTransport {
  readonly session_id: string;
  readonly client_id: string;
  readonly server: string | null;
  /** Only transports of this program; null takes the next one, whatever name its program gives. */
  readonly client_name: string | null;
  /** Only transports of this process; null takes those whose process is not known, undefined those of any. */
  readonly client_process?: ClientProcess | null;
  /** Takes a transport only while the client could mean no other session. Set when it came back with an old id. */
  readonly onlyIfAlone?: boolean;
  /** On the awake clock. */
  readonly until: Ms;
}

/**
 * Sessions waiting for transports of a client that has just come back: either the parallel ones it initializes at the
 * same time, or the first one after a reconnect without a transport. Each session has at most one expectation.
 */
export class ExpectedTransports {
  private readonly bySession = new Map<string, ExpectedTransport>();

  add(expected: ExpectedTransport): void {
    this.bySession.set(expected.session_id, expected);
  }

  /** Stops expecting transports for this session. */
  withdraw(sessionId: string): void {
    this.bySession.delete(sessionId);
  }

  /** Stops expecting a transport of any name for this session, because its client is already there. */
  withdrawUnnamed(sessionId: string): void {
    if (this.bySession.get(sessionId)?.client_name === null) this.withdraw(sessionId);
  }

  /** The one expectation that the new transport meets; null when it meets none, or more than one. */
  match(record: TransportRecord, awake: Ms, holds: (expected: ExpectedTransport) => boolean): ExpectedTransport | null {
    this.forget(awake);
    const candidates = [...this.bySession.values()].filter(
      (expected) =>
        expected.client_id === record.client_id &&
        expected.server === record.server &&
        (expected.client_name === null || expected.client_name === record.client_name) &&
        isOfProcess(expected, record.client_process) &&
        holds(expected),
    );
    return candidates.length === 1 ? (candidates[0] ?? null) : null;
  }

  /** Whether the session waits for a client that has no transport yet. */
  isAwaited(sessionId: string): boolean {
    return this.bySession.get(sessionId)?.client_name === null;
  }

  /** Removes expectations that have timed out. */
  forget(awake: Ms): void {
    for (const { session_id, until } of this.bySession.values()) if (until < awake) this.withdraw(session_id);
  }
}

function isOfProcess({ client_process: expected }: ExpectedTransport, process: ClientProcess | null): boolean {
  if (expected === undefined) return true;
  return expected === null || process === null ? expected === process : isSameProcess(expected, process);
}
