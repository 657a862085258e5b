import type { Ms } from '../../../shared/model/units';
import {
  INVALID_ANSWER,
  type JsonRpcMessage,
  type JsonRpcResponse,
  type Params,
  type RequestId,
} from '../../mcp/json-rpc';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';

interface Waiting {
  readonly answer: (response: JsonRpcResponse) => void;
  readonly fail: (error: Error) => void;
}

/** What Holdfast itself asks of a server. Its ids are never used twice, so a late answer meets no other question. */
export class OwnRequests {
  private readonly timers: Timers;
  private readonly prefix: string;
  private readonly waiting = new Map<RequestId, Waiting>();
  private count = 0;

  constructor(timers: Timers, random: Random) {
    this.timers = timers;
    this.prefix = `holdfast-${randomText(random, 6)}`;
  }

  /** Asks; rejects with a sentence when the server refuses, does not answer within `limit` or is gone. */
  async ask(send: (message: JsonRpcMessage) => void, method: string, params: Params, limit: Ms): Promise<unknown> {
    this.count += 1;
    const id = `${this.prefix}-${this.count}`;
    const answered = new Promise<JsonRpcResponse>((answer, fail) => this.waiting.set(id, { answer, fail }));
    const cancelLimit = this.timers.after(limit, () =>
      this.waiting.get(id)?.fail(new Error(`did not answer ${method} in time`)),
    );
    try {
      send({ jsonrpc: '2.0', id, method, params });
      const { error, result } = await answered;
      if (error === INVALID_ANSWER) throw new Error(`answered ${method} with something else than MCP says`);
      if (error) throw new Error(`refused ${method}: ${String(error.message).slice(0, 500)}`);
      return result;
    } finally {
      cancelLimit();
      this.waiting.delete(id);
    }
  }

  /** Whether the message answers one of these. */
  take(message: JsonRpcMessage): boolean {
    if ('method' in message || message.id === null) return false;
    const waiting = this.waiting.get(message.id);
    waiting?.answer(message);
    return waiting !== undefined;
  }

  /** The server is gone: nothing will be answered. */
  failAll(error: Error): void {
    for (const { fail } of [...this.waiting.values()]) fail(error);
  }
}
