import type { IncomingMessage } from 'node:http';
import { type Ms, SECOND } from '../../../shared/model/units';
import { RequestFailed } from '../../http-client/failures';
import type { HttpRequest } from '../../http-client/requests';
import type { RequestId } from '../../mcp/json-rpc';
import type { AuthorizedRequests } from '../login/authorized-requests';
import { LoginNeeded } from '../login/login-failures';
import { delayBefore } from './connection-context';
import type { HttpDeps } from './http-ports';

/** How long to wait for a server that was reached before. */
const UNREACHED_LIMIT: Ms = 5 * SECOND;
const MAX_DOUBLINGS = 3;

/**
 * Tracks whether the server can be reached. Requests that could not be sent are retried for 5 s, since a server that is
 * restarting is not gone; soon after the machine woke, for longer. There is no retry when the server was never reached, or when retrying cannot help.
 */
export class Reach {
  private readonly requests: AuthorizedRequests;
  private readonly deps: HttpDeps;
  private readonly onLost: (sentence: string, untaken: readonly RequestId[]) => void;
  private readonly untaken = new Set<RequestId>();
  private wasReached: boolean;
  private isOver = false;
  private lastSentence = '';
  private cancelLimit: (() => void) | null = null;

  /**
   * @param wasReached - whether the server was reached before, by the connection that this one resumes
   * @param onLost - called at most once, with a description of the last failure and the calls that were certainly not
   * started
   */
  constructor(
    requests: AuthorizedRequests,
    deps: HttpDeps,
    wasReached: boolean,
    onLost: (sentence: string, untaken: readonly RequestId[]) => void,
  ) {
    this.requests = requests;
    this.deps = deps;
    this.wasReached = wasReached;
    this.onLost = onLost;
  }

  /**
   * Sends a request, retrying while it cannot be sent.
   * @param call - id of the call that this request starts; null when it starts none
   * @throws RequestFailed when there is no response
   */
  async send(
    request: HttpRequest,
    call: RequestId | null,
    pause: (delay: Ms) => Promise<void>,
  ): Promise<IncomingMessage> {
    for (let tries = 0; ; tries += 1) {
      try {
        // From here on nobody knows whether the server has it.
        const onSent = () => void (call !== null && this.untaken.delete(call));
        const answer = await this.requests.send({ ...request, onSent });
        this.reached(call);
        return answer;
      } catch (error) {
        // Nobody has logged in: the server itself may be there.
        if (!(error instanceof RequestFailed) || error instanceof LoginNeeded) throw error;
        if (error.taken || request.signal?.aborted) throw error;
        if (call !== null) this.untaken.add(call);
        this.missed(error);
        if (this.isOver) throw error;
        await pause(delayBefore(this.deps.random, Math.min(tries, MAX_DOUBLINGS)));
        if (this.isOver || request.signal?.aborted) throw error;
      }
    }
  }

  /** Call when the machine has woken. A server that could not be reached before gets its time anew. */
  wake(): void {
    if (this.cancelLimit === null || this.isOver) return;
    this.cancelLimit();
    this.cancelLimit = this.deps.timers.after(this.limit, () => this.lose());
  }

  close(): void {
    this.isOver = true;
    this.cancelLimit?.();
  }

  private reached(call: RequestId | null): void {
    this.wasReached = true;
    if (call !== null) this.untaken.delete(call);
    this.cancelLimit?.();
    this.cancelLimit = null;
  }

  private missed(error: RequestFailed): void {
    this.lastSentence = error.message;
    if (!this.wasReached || !error.passing) this.lose();
    else this.cancelLimit ??= this.deps.timers.after(this.limit, () => this.lose());
  }

  private get limit(): Ms {
    return Math.max(UNREACHED_LIMIT, this.deps.waking?.left ?? 0);
  }

  private lose(): void {
    if (this.isOver) return;
    this.close();
    this.onLost(this.lastSentence, [...this.untaken]);
  }
}
