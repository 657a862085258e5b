import type { Ms } from '../../shared/model/units';
import type { Timers } from './ports';

/**
 * Settles like the promise, unless that takes longer than `limit`. `late` is called then: if it returns an `Error`,
 * that is thrown; anything else is the result. The work behind the promise continues, but its outcome is ignored.
 */
export async function within<T, U>(
  timers: Timers,
  limit: Ms,
  promise: Promise<T>,
  late: () => U,
): Promise<T | Exclude<U, Error>> {
  let cancel = () => {};
  const timeIsUp = new Promise<Exclude<U, Error>>((resolve, reject) => {
    cancel = timers.after(limit, () => {
      const outcome = late();
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome as Exclude<U, Error>);
    });
  });
  try {
    return await Promise.race([promise, timeIsUp]);
  } finally {
    cancel();
  }
}
