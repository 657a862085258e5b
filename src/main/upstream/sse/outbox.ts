import type { IncomingMessage } from 'node:http';
import { said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import { RequestFailed } from '../../http-client/failures';
import { type HttpRequest, HttpRequests } from '../../http-client/requests';
import type { RequestId } from '../../mcp/json-rpc';
import { delayBefore } from '../http/connection-context';
import type { ConnectionTimers } from '../http/connection-timers';
import type { HttpDeps } from '../http/http-ports';
import { AuthorizedRequests } from '../login/authorized-requests';
import type { HttpTarget } from '../upstream-ports';

/** How long to wait for a server that cannot be reached. Soon after the machine woke, it may take longer. */
const UNREACHED_LIMIT: Ms = 5 * SECOND;
const MAX_DOUBLINGS = 3;

/** Sends messages to the address that the server names on its stream. They wait until it does, in order. */
export class Outbox {
  private readonly target: HttpTarget;
  private readonly deps: HttpDeps;
  private readonly timers: ConnectionTimers;
  private readonly untaken = new Set<RequestId>();
  private readonly address: Promise<AuthorizedRequests>;
  private name: (requests: AuthorizedRequests) => void = () => {};
  private requests: AuthorizedRequests | null = null;

  constructor(target: HttpTarget, deps: HttpDeps, timers: ConnectionTimers) {
    this.target = target;
    this.deps = deps;
    this.timers = timers;
    this.address = new Promise((resolve) => {
      this.name = resolve;
    });
  }

  /** Whether the server has named the address. */
  get isOpen(): boolean {
    return this.requests !== null;
  }

  /** Calls whose message was certainly not sent. */
  get notTaken(): readonly RequestId[] {
    return [...this.untaken];
  }

  /** The server named the address, which is of its own origin. */
  open(url: string): void {
    const { timers, login, network } = this.deps;
    const requests = new HttpRequests({ ...this.target, url }, timers, network);
    this.requests = new AuthorizedRequests(requests, login, timers);
    this.name(this.requests);
  }

  /**
   * Sends a request. Retries for 5 s while the server cannot be reached, since one that is reached by its stream is not
   * gone.
   * @param call - id of the call that this request starts; null when it starts none
   * @throws RequestFailed when there is no response
   */
  async send(
    request: Omit<HttpRequest, 'signal'>,
    signal: AbortSignal,
    call: RequestId | null,
  ): Promise<IncomingMessage> {
    // While a call waits for a login, the server has not got it.
    const onHeld = (isHeld: boolean) => {
      this.mark(call, isHeld);
      request.onHeld?.(isHeld);
    };
    let isLate = false;
    let cancelLimit: (() => void) | null = null;
    try {
      this.mark(call, true);
      const requests = await this.address;
      for (let tries = 0; ; tries += 1) {
        this.mark(call, false);
        try {
          return await requests.send({ ...request, signal, onHeld });
        } catch (error) {
          if (!(error instanceof RequestFailed) || error.taken || signal.aborted) throw error;
          if (!error.passing || isLate) throw error;
        }
        cancelLimit ??= this.timers.after(Math.max(UNREACHED_LIMIT, this.deps.waking?.left ?? 0), () => {
          isLate = true;
        });
        this.mark(call, true);
        await this.timers.pause(delayBefore(this.deps.random, Math.min(tries, MAX_DOUBLINGS)), signal);
        if (signal.aborted) throw new RequestFailed(said('said.sse.left'), { taken: false, passing: true });
      }
    } finally {
      cancelLimit?.();
      this.mark(call, false);
    }
  }

  /** See {@link HttpRequests.renew}. */
  renew(waking: Ms): void {
    this.requests?.renew(waking);
  }

  close(): void {
    this.requests?.close();
  }

  private mark(call: RequestId | null, isUntaken: boolean): void {
    if (call === null) return;
    if (isUntaken) this.untaken.add(call);
    else this.untaken.delete(call);
  }
}
