import type { IncomingMessage } from 'node:http';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { HttpRequests } from '../../http-client/requests';
import type { Timers } from '../../platform/ports';
import { READS } from '../instance/safe-calls';
import { AuthorizedRequests } from '../login/authorized-requests';
import { withoutSecrets } from '../redaction';
import type { HttpTarget } from '../upstream-ports';
import { discover } from './discovery';
import { POST_HEADERS } from './http-call';
import type { HttpDeps } from './http-ports';

const DISCOVER_LIMIT: Ms = 10 * SECOND;
/** How long a verdict is kept: the server may be replaced by a newer one at the same address. */
const VERDICT_LIFE: Ms = 10 * MINUTE;
/** A request fails when no byte arrives for this long; comments keep streams alive. */
const SILENCE: Ms = 10 * MINUTE;

/** A server over HTTP that is used without a session (MCP 2026-07-28, streamable HTTP). */
export class StatelessServer {
  private readonly requests: AuthorizedRequests;
  private readonly timers: Timers;
  private readonly target: HttpTarget;
  private readonly login: HttpDeps['login'];
  private verdict: Promise<boolean> | null = null;
  private cancelExpiry: (() => void) | null = null;

  /** @throws RequestFailed when the address is not an http or https URL */
  constructor(target: HttpTarget, { login, timers, network }: Pick<HttpDeps, 'login' | 'timers' | 'network'>) {
    this.requests = new AuthorizedRequests(new HttpRequests(target, timers, network), login, timers);
    this.timers = timers;
    this.target = target;
    this.login = login;
  }

  /** What the server says, without the secrets of its entry and its login. */
  withoutSecrets(text: string): string {
    return withoutSecrets(text, this.target, this.login?.presentToken);
  }

  /**
   * Whether the server says that it speaks the revision without sessions. The answer is kept for ten minutes.
   * @throws RequestFailed when the server cannot be reached or does not answer within 10 s; the next call asks again
   */
  speaks(): Promise<boolean> {
    this.verdict ??= this.discover().then(
      (speaks) => {
        this.cancelExpiry = this.timers.after(VERDICT_LIFE, () => {
          this.verdict = null;
        });
        return speaks;
      },
      (error) => {
        this.verdict = null;
        throw error;
      },
    );
    return this.verdict;
  }

  /**
   * Forwards a request. Aborting the signal cancels it, like closing the response stream.
   * @param headers - MCP headers of the request
   * @throws RequestFailed when there is no response
   */
  forward(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    return this.requests.send({
      method: 'POST',
      headers: { ...headers, ...POST_HEADERS },
      body,
      signal,
      silence: SILENCE,
      mayRepeat: READS.has(headers['mcp-method'] ?? ''),
    });
  }

  close(): void {
    this.cancelExpiry?.();
    this.requests.close();
  }

  private async discover(): Promise<boolean> {
    const limit = new AbortController();
    const cancelLimit = this.timers.after(DISCOVER_LIMIT, () => limit.abort());
    try {
      return (await discover((body, headers) => this.forward(body, headers, limit.signal))) !== null;
    } finally {
      cancelLimit();
    }
  }
}
