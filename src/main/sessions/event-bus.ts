import type { HoldfastEvent } from '../../shared/contract/event';

export type EventListener = (events: readonly HoldfastEvent[]) => void;

/**
 * Hands committed events to whoever shows or follows them, in log order. Only the session manager and the client registry
 * publish, and only after the commit: what was published is on the disk.
 */
export class EventBus {
  private readonly listeners = new Set<EventListener>();
  private readonly queue: (readonly HoldfastEvent[])[] = [];
  private readonly onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.onListenerError = onListenerError;
  }

  /** @returns the function that ends the subscription; from then on the listener is not called any more */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Calls every listener; one that throws neither stops the others nor the publisher. What a listener publishes is
   * delivered after the current events, so that everybody sees the log's order.
   */
  publish(events: readonly HoldfastEvent[]): void {
    if (events.length === 0) return;
    this.queue.push(events);
    if (this.queue.length > 1) return;
    for (let next = this.queue[0]; next !== undefined; next = this.queue[0]) {
      for (const listener of [...this.listeners]) if (this.listeners.has(listener)) this.deliver(listener, next);
      this.queue.shift();
    }
  }

  private deliver(listener: EventListener, events: readonly HoldfastEvent[]): void {
    try {
      listener(events);
    } catch (error) {
      this.onListenerError(error);
    }
  }
}
