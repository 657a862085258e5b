import type { Ms } from '../../shared/model/units';
import type { Timers } from './ports';

/** The promise, or a rejection with `error` when it takes longer than `limit`. */
export async function within<T>(timers: Timers, limit: Ms, promise: Promise<T>, error: () => Error): Promise<T> {
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = timers.after(limit, () => reject(error()));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    cancel();
  }
}
