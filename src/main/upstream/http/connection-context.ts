import type { IncomingMessage } from 'node:http';
import { backoff } from '../../../shared/model/backoff';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { HttpRequest } from '../../http-client/requests';
import type { JsonRpcMessage, RequestId } from '../../mcp/json-rpc';
import type { Random } from '../../platform/ports';

/** What one call, or the push stream, needs of the connection that it belongs to. */
export interface Link {
  readonly random: Random;
  readonly isClosed: boolean;
  /** The server gave a session id: what it refuses with 404 is refused for that. */
  readonly hasSession: boolean;
  /**
   * Sends a request with the headers of the session. While the server is not reached it is tried again, until it is or
   * the connection ends.
   * @param call - the call it begins, if it begins one
   * @throws RequestFailed when there is no answer
   */
  ask(request: Omit<HttpRequest, 'signal'>, signal: AbortSignal, call: RequestId | null): Promise<IncomingMessage>;
  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void;
  /** A stream stands elsewhere now, so that the connection's position is another. */
  moved(): void;
  /** Resolves after the delay, or as soon as the signal is given. */
  pause(delay: Ms, signal: AbortSignal): Promise<void>;
  after(delay: Ms, work: () => void): () => void;
  /** Ends the connection: its session is no more. */
  sessionGone(call: RequestId | null): void;
}

/** The server said that it does not know the session. */
export class SessionGone extends Error {
  /** Whether it said so to the call itself, so that it was not begun. */
  readonly notTaken: boolean;

  constructor(notTaken: boolean) {
    super('does not know the session any more');
    this.name = 'SessionGone';
    this.notTaken = notTaken;
  }
}

/** Time before the next try: doubled with each, with jitter, so that not all come back at once. */
export function delayBefore(random: Random, tries: number, first: Ms = 100): Ms {
  const [byte = 0] = random.bytes(1);
  return backoff({ first, longest: 30 * SECOND, jitter: [0.5, 1] }, tries, byte / 255);
}
