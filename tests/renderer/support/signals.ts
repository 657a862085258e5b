/**
 * Named signals that a test awaits. They are queued, so a signal that came before somebody waited for it is not lost, and
 * each is handed out once.
 */
export class Signals<Map extends Record<string, unknown>> {
  readonly #queues: { [K in keyof Map]?: Map[K][] } = {};
  readonly #waiting: { name: keyof Map; accept: (value: never) => boolean; resolve: (value: never) => void }[] = [];

  emit<K extends keyof Map>(name: K, value: Map[K]): void {
    const index = this.#waiting.findIndex((one) => one.name === name && one.accept(value as never));
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(value as never);
    else {
      this.#queues[name] ??= [];
      this.#queues[name].push(value);
    }
  }

  /** The next signal of this name that `accept` takes; earlier ones that it does not take are dropped. */
  next<K extends keyof Map>(name: K, accept: (value: Map[K]) => boolean = () => true): Promise<Map[K]> {
    const queue = this.#queues[name] ?? [];
    const index = queue.findIndex(accept);
    const [found] = queue.splice(0, index < 0 ? queue.length : index + 1).slice(-1);
    if (index >= 0) return Promise.resolve(found as Map[K]);
    return new Promise((resolve) => {
      this.#waiting.push({ name, accept: accept as (value: never) => boolean, resolve: resolve as never });
    });
  }

  /** What came and was not asked for yet. */
  pending<K extends keyof Map>(name: K): readonly Map[K][] {
    return this.#queues[name] ?? [];
  }
}
