import type { Ms } from '../../shared/model/units';
import { within } from '../platform/deadline';
import type { Timers } from '../platform/ports';
import type { JsonRpcResponse, RequestId } from './json-rpc';

/** What to do with the outcome of a request. Exactly one of the two is called, once. */
export interface PendingRequest {
  settle(response: JsonRpcResponse): void;
  /** No response will come. */
  fail(error: Error): void;
}

/**
 * Requests that were sent but not yet answered, by the id they were sent with. A request leaves the table before its
 * `settle` or `fail` is called.
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

  /** Removes a request; a later response to it is ignored. */
  take(id: unknown): T | undefined {
    const request = this.get(id);
    this.byId.delete(id as RequestId);
    return request;
  }

  /** Settles the request that the response answers. Returns whether there was one. */
  settle(response: JsonRpcResponse): boolean {
    const request = this.take(response.id);
    request?.settle(response);
    return request !== undefined;
  }

  /** Fails every request, because the other side is gone. */
  failAll(error: Error): void {
    for (const id of [...this.byId.keys()]) this.take(id)?.fail(error);
  }

  /**
   * Sends a request and waits for its response.
   * @param late - the error to reject with when no response arrives within `limit`
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
