import type { JsonRpcRequest, RequestId } from '../../mcp/json-rpc';
import { notSent } from '../failure-text';
import type { RoutedChannel } from './message-router';

/** Requests waiting for their server to start. */
export class WaitingRequests {
  private readonly channels = new Map<RequestId, RoutedChannel>();

  get size(): number {
    return this.channels.size;
  }

  /** Sends a request once the server has started. If it cannot start, the channel gets an error. */
  add(channel: RoutedChannel, { id }: JsonRpcRequest, started: Promise<void>, send: () => void): void {
    this.channels.set(id, channel);
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
    return this.channels.delete(id as RequestId);
  }

  /** Withdraws all requests of a channel that is gone. */
  detach(channel: RoutedChannel): void {
    for (const [id, waiting] of this.channels) if (waiting === channel) this.channels.delete(id);
  }
}
