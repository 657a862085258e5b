import type { Ms } from '../../shared/model/units';
import { within } from '../platform/deadline';
import type { Timers } from '../platform/ports';
import type { JsonRpcResponse, RequestId } from './json-rpc';

/** Who waits for the response to a request. One of the two is called, once. */
export interface PendingRequest {
  settle(response: JsonRpcResponse): void;
  /** There will be no response. */
  fail(error: Error): void;
}

/**
 * Requests that were sent and not answered yet, by the id under which they were sent. A request leaves the table before
 * anybody is told what became of it.
 */
export class PendingRequests<T extends PendingRequest = PendingRequest> {
  private readonly timers: Timers;
  private readonly byId = new Map<RequestId, T>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  get size(): number {
    return this.byId.size;
  }

  /** Oldest first. */
  get all(): readonly (readonly [RequestId, T])[] {
    return [...this.byId];
  }

  get(id: unknown): T | undefined {
    return this.byId.get(id as RequestId);
  }

  add(id: RequestId, request: T): void {
    this.byId.set(id, request);
  }

  /** Takes a request back: what comes for it from now on is for nobody. */
  take(id: unknown): T | undefined {
    const request = this.get(id);
    this.byId.delete(id as RequestId);
    return request;
  }

  /** Hands a response to whoever waits for it. Returns whether somebody did. */
  settle(response: JsonRpcResponse): boolean {
    const request = this.take(response.id);
    request?.settle(response);
    return request !== undefined;
  }

  /** Whoever was asked is gone. */
  failAll(error: Error): void {
    for (const id of [...this.byId.keys()]) this.take(id)?.fail(error);
  }

  /**
   * Sends a request whose response is waited for here.
   * @param late - what it rejects with when the response takes longer than `limit`
   */
  async ask(
    this: PendingRequests,
    id: RequestId,
    send: () => void,
    limit: Ms,
    late: () => Error,
  ): Promise<JsonRpcResponse> {
    const response = new Promise<JsonRpcResponse>((settle, fail) => this.add(id, { settle, fail }));
    try {
      send();
      return await within(this.timers, limit, response, late);
    } finally {
      this.take(id);
    }
  }
}
