import type { IncomingMessage } from 'node:http';
import { said } from '../../../shared/messages/said';
import { backoff } from '../../../shared/model/backoff';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { HttpRequest } from '../../http-client/requests';
import type { JsonRpcMessage, RequestId } from '../../mcp/json-rpc';
import type { Random } from '../../platform/ports';
import type { Refusal, SessionVerdict } from './refusal';

/** What a call or the standalone stream needs from its connection. */
export interface ConnectionContext {
  readonly random: Random;
  readonly isClosed: boolean;
  /** Whether the standalone stream is or may be open, on which a server may answer calls as well. */
  readonly isListening: boolean;
  /**
   * Sends a request with the headers of the session. Retries while the server cannot be reached, until the connection
   * ends.
   * @param call - id of the call that this request starts; null when it starts none
   * @throws RequestFailed when there is no response
   */
  ask(request: Omit<HttpRequest, 'signal'>, signal: AbortSignal, call: RequestId | null): Promise<IncomingMessage>;
  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void;
  /** Reports that a request waits for somebody to log in, or does no longer. The server has not got it. */
  held(call: RequestId, isHeld: boolean): void;
  /** A promise to wait for before the next event of a stream is taken, when the server sends too many; else null. */
  turn(): Promise<void> | null;
  /** Reports that a stream received an event with an id, which changes the connection's position. */
  moved(): void;
  /** Finds out whether a refused message means that the server does not know the session. Never rejects. */
  checkSession(refusal: Refusal, body?: string): Promise<SessionVerdict>;
  /** The text without the secrets of the server's entry. */
  withoutSecrets(text: string): string;
  /** Resolves after the delay, or as soon as the signal is aborted. Never rejects. */
  pause(delay: Ms, signal: AbortSignal): Promise<void>;
  after(delay: Ms, work: () => void): () => void;
  /**
   * Ends the connection because the server no longer knows its session.
   * @param call - the call that was refused for this and thus not started; null when there is none
   */
  sessionGone(call: RequestId | null): void;
}

/** The server reported that it does not know the session. */
export class SessionGone extends Error {
  /** Whether it refused the call itself, which means that the call was not started. */
  readonly notTaken: boolean;

  constructor(notTaken: boolean) {
    super(said('said.http.session_gone'));
    this.name = 'SessionGone';
    this.notTaken = notTaken;
  }
}

/**
 * Delay before the next try: doubles with each, up to 30 s, with jitter so that not all come back at once.
 * @param tries - made so far; 0 gives the first delay
 */
export function delayBefore(random: Random, tries: number, first: Ms = 100): Ms {
  const [byte = 0] = random.bytes(1);
  return backoff({ first, longest: 30 * SECOND, jitter: [0.5, 1] }, tries, byte / 255);
}
