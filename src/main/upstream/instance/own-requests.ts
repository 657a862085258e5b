import type { Ms } from '../../../shared/model/units';
import { INVALID_ANSWER, isResponse, type JsonRpcMessage, type Params } from '../../mcp/json-rpc';
import { PendingRequests } from '../../mcp/pending-requests';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';

/** What Holdfast itself asks of a server. Its ids are never used twice, so a late answer meets no other question. */
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

  /** Asks; rejects with a sentence when the server refuses, does not answer within `limit` or is gone. */
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

  /** Whether the message answers one of these. */
  take(message: JsonRpcMessage): boolean {
    return isResponse(message) && this.pending.settle(message);
  }

  /** The server is gone: nothing will be answered. */
  failAll(error: Error): void {
    this.pending.failAll(error);
  }
}
