import { Worker } from 'node:worker_threads';
import { MINUTE, type Ms } from '../../../shared/model/units';

/** Enough for many gigabytes; anything that takes longer is stuck. */
const LIMIT: Ms = 10 * MINUTE;

export interface Inspection {
  /** Whether every page of the database is sound (`PRAGMA quick_check`). */
  readonly intact: boolean;
  /** Whether a copy was written and is sound too. A damaged database is never copied. */
  readonly copied: boolean;
}

/**
 * Checks a database, and optionally copies it, in a worker thread with a read-only connection. Does not block the caller.
 * @param copy - file for a compact, consistent copy; null for none
 * @param signal - aborts the inspection; the promise then rejects, as it does after ten minutes
 * @returns settles once the worker has exited and released the files
 */
export function inspect(database: string, copy: string | null, signal: AbortSignal): Promise<Inspection> {
  return new Promise((resolve, reject) => {
    // The build puts the worker next to this module, as in the source tree.
    const worker = new Worker(new URL('./inspection-worker.js', import.meta.url), { workerData: { database, copy } });
    worker.unref();
    let result: Inspection | null = null;
    let failure: unknown = new Error('The inspection ended without a result.');
    const stop = (why: string) => () => {
      failure = new Error(why);
      void worker.terminate();
    };
    const abort = stop('The inspection was given up.');
    const timer = setTimeout(stop('The inspection took too long.'), LIMIT);
    timer.unref();
    signal.addEventListener('abort', abort, { once: true });
    worker.once('message', (message: Inspection) => {
      result = message;
    });
    worker.once('error', (error) => {
      failure = error;
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      if (result) resolve(result);
      else reject(failure);
    });
  });
}
