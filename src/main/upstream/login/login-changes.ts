/** Who waits for a change of a login. */
export class LoginChanges {
  private readonly waiters = new Set<() => void>();

  /** Resolves with the next change of the login, or when the signal is aborted. */
  next(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const over = () => {
        this.waiters.delete(over);
        signal?.removeEventListener('abort', over);
        resolve();
      };
      this.waiters.add(over);
      signal?.addEventListener('abort', over);
      if (signal?.aborted) over();
    });
  }

  /** It has changed. */
  tell(): void {
    for (const waiter of [...this.waiters]) waiter();
  }
}
