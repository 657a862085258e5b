import type { Ms } from '../../shared/model/units';
import type { Timers } from './ports';

/**
 * What the promise comes to, or what `late` returns when that takes longer than `limit`: an `Error` is thrown, anything else
 * is the result. What was waited for goes on; how it ends then, nobody is told.
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
