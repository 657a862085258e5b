import type { IncomingMessage } from 'node:http';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { HttpRequests } from '../../http-client/requests';
import type { Timers } from '../../platform/ports';
import type { HttpTarget } from '../upstream-ports';
import { discover } from './discovery';
import { POST_HEADERS } from './http-call';

const DISCOVER_LIMIT: Ms = 10 * SECOND;
/** A server may be replaced by a newer one at the same address. */
const VERDICT_LIFE: Ms = 10 * MINUTE;
/** No byte for so long, and a request has failed; streams are kept alive by comments. */
const SILENCE: Ms = 10 * MINUTE;

/** A server over HTTP as it may be spoken to without a session (MCP 2026-07-28, streamable HTTP). */
export class StatelessServer {
  private readonly requests: HttpRequests;
  private readonly timers: Timers;
  private verdict: Promise<boolean> | null = null;
  private cancelExpiry: (() => void) | null = null;

  /** @throws RequestFailed when the address is none */
  constructor(target: HttpTarget, timers: Timers) {
    this.requests = new HttpRequests(target, timers);
    this.timers = timers;
  }

  /**
   * Whether it speaks the revision, as it says of itself; asked at most once in ten minutes.
   * @throws RequestFailed when it is not reached
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
   * Passes a request on. `headers` are those of MCP. Giving the signal cancels it, as closing its stream does.
   * @throws RequestFailed when there is no answer
   */
  forward(body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    return this.requests.send({
      method: 'POST',
      headers: { ...headers, ...POST_HEADERS },
      body,
      signal,
      silence: SILENCE,
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
