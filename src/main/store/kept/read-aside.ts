import { Worker } from 'node:worker_threads';
import { MINUTE, type Ms } from '../../../shared/model/units';

/** Enough for many gigabytes; anything that takes longer is stuck. */
const LIMIT: Ms = 2 * MINUTE;

/**
 * Runs a slow read in a worker thread with a read-only connection. Does not block the caller.
 * @param signal - gives it up; the promise then rejects, as it does after two minutes
 * @returns settles once the worker has exited and released the file
 */
export function readAside<Row>(
  database: string,
  statement: string,
  values: readonly (number | string)[],
  signal: AbortSignal,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    // The build puts the worker next to this module, as in the source tree.
    const worker = new Worker(new URL('./kept-worker.js', import.meta.url), {
      workerData: { database, statement, values },
    });
    worker.unref();
    let rows: Row[] | null = null;
    let failure: unknown = new Error('The read ended without a result.');
    const giveUp = () => void worker.terminate();
    const timer = setTimeout(giveUp, LIMIT);
    timer.unref();
    signal.addEventListener('abort', giveUp, { once: true });
    worker.once('message', (message: Row[]) => {
      rows = message;
    });
    worker.once('error', (error) => {
      failure = error;
    });
    worker.once('exit', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      if (rows) resolve(rows);
      else reject(failure);
    });
  });
}
