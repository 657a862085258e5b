import type { Logger } from 'pino';

/** Wraps a periodic task to log a failure instead of throwing it. The next turn tries again. */
export function guarded(task: string, work: () => void, log: Logger): () => void {
  return () => {
    try {
      work();
    } catch (error) {
      log.warn({ err: error, task }, 'a periodic task failed and will be tried again');
    }
  };
}
