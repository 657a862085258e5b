import { type JsonRpcRequest, type RequestId, RPC, rpcError } from '../../mcp/json-rpc';
import { notSent } from '../failure-text';
import type { RoutedChannel } from './routed-channel';

/** Requests waiting for their server to start. */
export class WaitingRequests {
  private readonly requests = new Map<RequestId, readonly [RoutedChannel, JsonRpcRequest]>();

  get size(): number {
    return this.requests.size;
  }

  /** The requests, with who sent each. */
  get all(): readonly (readonly [RoutedChannel, JsonRpcRequest])[] {
    return [...this.requests.values()];
  }

  /** Sends a request once the server has started. If it cannot start, the channel gets an error. */
  add(channel: RoutedChannel, request: JsonRpcRequest, started: Promise<void>, send: () => void): void {
    const { id } = request;
    this.requests.set(id, [channel, request]);
    started.then(
      () => {
        if (this.takeBack(id)) send();
      },
      (error: Error) => {
        if (this.takeBack(id)) channel.deliver(notSent(id, error), id);
      },
    );
  }

  /** Withdraws a request. Returns whether it was still waiting. */
  takeBack(id: unknown): boolean {
    return this.requests.delete(id as RequestId);
  }

  /** Withdraws all requests. */
  clear(): void {
    this.requests.clear();
  }

  /** Withdraws all requests of a channel, which gets an error with this sentence for each. */
  leave(channel: RoutedChannel, sentence: string): void {
    for (const [id, [waiting]] of [...this.requests]) {
      if (waiting === channel && this.takeBack(id)) channel.deliver(rpcError(id, RPC.serverError, sentence), id);
    }
  }

  /** Withdraws all requests of a channel that is gone. */
  detach(channel: RoutedChannel): void {
    for (const [id, [waiting]] of this.requests) if (waiting === channel) this.requests.delete(id);
  }
}
