import { said } from '../../../shared/messages/said';
import { maskedStart } from '../../../shared/model/masked-start';
import type { Ms } from '../../../shared/model/units';
import type { CallIds } from '../../mcp/call-ids';
import { errorSaid, INVALID_ANSWER, isResponse, type JsonRpcMessage, type Params } from '../../mcp/json-rpc';
import { PendingRequests } from '../../mcp/pending-requests';
import type { Timers } from '../../platform/ports';

/** Characters of what a server says. */
const MAX_SAID = 500;

/** How a server refused a request of Holdfast, as what continues a sentence that begins with its name, and has no end of one. */
export function refusedBy(method: string, error: unknown, withoutSecrets: (text: string) => string): string {
  const reason = maskedStart(errorSaid(error).error ?? '', MAX_SAID, withoutSecrets).replace(/[.\s]+$/, '');
  return reason === ''
    ? said('said.server.refused_unsaid', { method })
    : said('said.server.refused_method', { method, reason });
}

/** Requests that Holdfast itself sends to a server. */
export class OwnRequests {
  private readonly send: (message: JsonRpcMessage) => void;
  private readonly callIds: CallIds;
  private readonly pending: PendingRequests;
  private readonly withoutSecrets: (text: string) => string;

  /** @param withoutSecrets - takes secrets of the server out of what it says */
  constructor(
    send: (message: JsonRpcMessage) => void,
    timers: Timers,
    callIds: CallIds,
    withoutSecrets: (text: string) => string,
  ) {
    this.withoutSecrets = withoutSecrets;
    this.send = send;
    this.callIds = callIds;
    this.pending = new PendingRequests(timers);
  }

  /**
   * Sends a request and returns its result. Rejects if the server refuses, is gone or does not answer within `limit`.
   * The error's message continues a sentence that starts with the server's name.
   */
  async ask(method: string, params: Params, limit: Ms): Promise<unknown> {
    const id = this.callIds.next();
    const { error, result } = await this.pending.ask(
      id,
      () => this.send({ jsonrpc: '2.0', id, method, params }),
      limit,
      () => new Error(said('said.server.no_answer', { method })),
    );
    if (error === INVALID_ANSWER) throw new Error(said('said.server.not_mcp', { method }));
    if (error) throw new Error(refusedBy(method, error, this.withoutSecrets));
    return result;
  }

  notify(method: string): void {
    this.send({ jsonrpc: '2.0', method });
  }

  /** Settles the request that the message answers. Returns whether there was one. */
  take(message: JsonRpcMessage): boolean {
    return isResponse(message) && this.pending.settle(message);
  }

  /** Fails every open request, because the server is gone. */
  failAll(error: Error): void {
    this.pending.failAll(error);
  }
}
