import type { JsonRpcRequest, RequestId } from '../../mcp/json-rpc';
import { notSent } from '../failure-text';
import type { RoutedChannel } from './message-router';

/** Requests that wait for their server to start. */
export class WaitingRequests {
  private readonly channels = new Map<RequestId, RoutedChannel>();

  get size(): number {
    return this.channels.size;
  }

  /** Sends a request once the server is started; its channel gets an error when it cannot be. */
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

  /** Nobody waits for its answer any more. Returns whether it was here. */
  takeBack(id: unknown): boolean {
    return this.channels.delete(id as RequestId);
  }

  /** The channel is gone, and what it asked with it. */
  detach(channel: RoutedChannel): void {
    for (const [id, waiting] of this.channels) if (waiting === channel) this.channels.delete(id);
  }
}
