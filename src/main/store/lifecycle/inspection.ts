import { Worker } from 'node:worker_threads';
import { MINUTE, type Ms } from '../../../shared/model/units';

/** Enough for many gigabytes; whatever takes longer hangs. */
const LIMIT: Ms = 10 * MINUTE;

export interface Inspection {
  /** Whether every page of the database is sound (`PRAGMA quick_check`). */
  readonly intact: boolean;
  /** Whether a copy was written that is sound too. Never one of a damaged database. */
  readonly copied: boolean;
}

/**
 * Checks a database, and copies it, in a worker thread with a read-only connection; the caller's thread goes on.
 * @param copy - file to write a compact, consistent copy to; null for none
 * @param signal - ends the inspection early; the promise is rejected then
 * @returns settles when the worker is gone and has let go of the files
 */
export function inspect(database: string, copy: string | null, signal: AbortSignal): Promise<Inspection> {
  return new Promise((resolve, reject) => {
    // The build puts the worker beside this module, as it is here.
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
