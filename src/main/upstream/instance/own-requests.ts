import type { Ms } from '../../../shared/model/units';
import { INVALID_ANSWER, isResponse, type JsonRpcMessage, type Params } from '../../mcp/json-rpc';
import { PendingRequests } from '../../mcp/pending-requests';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';

/** Requests that Holdfast itself sends to a server. Ids are never reused: a late answer matches no other request. */
export class OwnRequests {
  private readonly send: (message: JsonRpcMessage) => void;
  private readonly prefix: string;
  private readonly pending: PendingRequests;
  private count = 0;

  constructor(send: (message: JsonRpcMessage) => void, timers: Timers, random: Random) {
    this.send = send;
    this.prefix = `holdfast-${randomText(random, 6)}`;
    this.pending = new PendingRequests(timers);
  }

  /**
   * Sends a request and returns its result. Rejects if the server refuses, is gone or does not answer within `limit`.
   * The error's message continues a sentence that starts with the server's name.
   */
  async ask(method: string, params: Params, limit: Ms): Promise<unknown> {
    this.count += 1;
    const id = `${this.prefix}-${this.count}`;
    const { error, result } = await this.pending.ask(
      id,
      () => this.send({ jsonrpc: '2.0', id, method, params }),
      limit,
      () => new Error(`did not answer ${method} in time`),
    );
    if (error === INVALID_ANSWER) throw new Error(`answered ${method} with something else than MCP says`);
    if (error) throw new Error(`refused ${method}: ${String(error.message).slice(0, 500)}`);
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
