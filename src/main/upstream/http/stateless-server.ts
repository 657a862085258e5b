import type { IncomingMessage } from 'node:http';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import { isObject, isResponse } from '../../mcp/json-rpc';
import type { Timers } from '../../platform/ports';
import type { HttpTarget } from '../ports';
import { isJson, messagesIn, readText } from './answer-body';
import { POST_HEADERS } from './call';
import { HttpRequests } from './requests';

const VERSION = '2026-07-28';
const META = 'io.modelcontextprotocol';
const DISCOVER_LIMIT: Ms = 10 * SECOND;
/** A server may be replaced by a newer one at the same address. */
const VERDICT_LIFE: Ms = 10 * MINUTE;
/** No byte for so long, and a request has failed; streams are kept alive by comments. */
const SILENCE: Ms = 10 * MINUTE;
const MAX_DISCOVERY = 1024 * 1024;

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
      ...{ body, signal, silence: SILENCE },
    });
  }

  close(): void {
    this.cancelExpiry?.();
    this.requests.close();
  }

  private async discover(): Promise<boolean> {
    const limit = new AbortController();
    const cancelLimit = this.timers.after(DISCOVER_LIMIT, () => limit.abort());
    const method = 'server/discover';
    const _meta = { [`${META}/protocolVersion`]: VERSION, [`${META}/clientCapabilities`]: {} };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 'discover', method, params: { _meta } });
    try {
      const headers = { 'mcp-protocol-version': VERSION, 'mcp-method': method };
      const answer = await this.forward(body, headers, limit.signal);
      // A server of an older revision refuses this, by whatever status it refuses messages without a session.
      const text = answer.statusCode === 200 && isJson(answer) ? await readText(answer, MAX_DISCOVERY) : '';
      answer.destroy();
      const result = messagesIn(text).filter(isResponse)[0]?.result;
      const versions = isObject(result) ? result.supportedVersions : null;
      return Array.isArray(versions) && versions.includes(VERSION);
    } finally {
      cancelLimit();
    }
  }
}
