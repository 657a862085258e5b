import type { HoldfastEvent } from '../../shared/contract/event';

export type EventListener = (events: readonly HoldfastEvent[]) => void;

/**
 * Delivers committed events to subscribers in log order. Events are published only after their commit, so every
 * published event is on disk.
 */
export class EventBus {
  private readonly listeners = new Set<EventListener>();
  private readonly queue: (readonly HoldfastEvent[])[] = [];
  private readonly onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.onListenerError = onListenerError;
  }

  /** @returns a function that ends the subscription; the listener is never called after that */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Calls every listener. A listener that throws stops neither the others nor the publisher. Events that a listener
   * publishes are delivered after the current ones, which keeps every listener in log order.
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
