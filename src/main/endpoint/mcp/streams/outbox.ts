import type { Services } from '../../../services';

/** A message on its way into a stream. */
export interface Outgoing {
  /**
   * Stores it. Runs in a transaction, perhaps with others.
   * @returns its event id; null when its stream is not stored
   */
  store(): string | null;
  /** Takes back what {@link store} noted in memory. Called when the transaction was rolled back. */
  undo?(): void;
  /** Sends it. @param id - its event id; null when it could not be stored */
  send(id: string | null): void;
}

/**
 * Stores messages of streams, then sends them. All that come in one turn of the event loop are stored in one transaction,
 * since a transaction costs far more than a message.
 */
export class Outbox {
  private readonly services: Pick<Services, 'store' | 'log'>;
  private waiting: Outgoing[] = [];

  constructor(services: Pick<Services, 'store' | 'log'>) {
    this.services = services;
  }

  /** Stores and sends a message before the current turn ends. */
  add(message: Outgoing): void {
    this.waiting.push(message);
    if (this.waiting.length === 1) queueMicrotask(() => this.flush());
  }

  /** Stores and sends at once what waits. Call it before anything that must come after those messages. */
  flush(): void {
    const messages = this.waiting;
    if (messages.length === 0) return;
    this.waiting = [];
    const ids = this.stored(messages);
    for (const [index, message] of messages.entries()) message.send(ids[index] ?? null);
  }

  private stored(messages: readonly Outgoing[]): (string | null)[] {
    const together = this.attempt(messages);
    if (together !== null) return together;
    // One that cannot be stored must not cost the others their place in the stream.
    return messages.map((message) => (messages.length > 1 ? this.attempt([message])?.[0] : null) ?? null);
  }

  private attempt(messages: readonly Outgoing[]): (string | null)[] | null {
    try {
      return this.services.store.transaction(() => messages.map((message) => message.store()));
    } catch (error) {
      for (const message of messages) message.undo?.();
      if (messages.length === 1) this.services.log.warn({ err: error }, 'a message for a stream could not be stored');
      return null;
    }
  }
}
