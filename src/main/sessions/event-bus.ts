import type { HoldfastEvent } from '../../shared/contract/event';

export type EventListener = (events: readonly HoldfastEvent[]) => void;

/**
 * Hands committed events to whoever shows or follows them, in log order. Only the session manager and the client registry
 * publish, and only after the commit: what was published is on the disk.
 */
export class EventBus {
  private readonly listeners = new Set<EventListener>();

  private readonly onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.onListenerError = onListenerError;
  }

  /** @returns the function that ends the subscription */
  subscribe(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls every listener; one that throws neither stops the others nor the publisher. */
  publish(events: readonly HoldfastEvent[]): void {
    if (events.length === 0) return;
    for (const listener of [...this.listeners]) {
      try {
        listener(events);
      } catch (error) {
        this.onListenerError(error);
      }
    }
  }
}
