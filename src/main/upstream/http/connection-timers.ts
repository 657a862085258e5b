import type { Ms } from '../../../shared/model/units';
import type { Timers } from '../../platform/ports';

/** The timers of one connection, which end with it. */
export class ConnectionTimers {
  private readonly timers: Timers;
  private readonly cancels = new Set<() => void>();
  private isOver = false;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Runs the work after the delay, unless the function that it returns is called before, or {@link end}. */
  after(delay: Ms, work: () => void): () => void {
    const cancel = () => {
      this.cancels.delete(cancel);
      cancelTimer();
    };
    const cancelTimer = this.timers.after(delay, () => {
      this.cancels.delete(cancel);
      work();
    });
    this.cancels.add(cancel);
    return cancel;
  }

  /** Resolves after the delay, or as soon as the signal is aborted. Never rejects. */
  pause(delay: Ms, signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const over = () => {
        cancel();
        signal.removeEventListener('abort', over);
        resolve();
      };
      const cancel = this.after(delay, over);
      signal.addEventListener('abort', over);
    });
  }

  /** Cancels whatever is still to come. */
  end(): void {
    this.isOver = true;
    for (const cancel of [...this.cancels]) cancel();
  }
}
