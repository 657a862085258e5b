import { type Ms, SECOND } from '../../../shared/model/units';
import type { Admin } from '../admin';
import { keyHolders } from './key-holders';

const ASK_EVERY: Ms = SECOND / 2;

/**
 * Waits until a client has come with this key, at most for `limit`. Null when it has not, or when `stop` was aborted.
 * @throws HoldfastError `unreachable` when Holdfast ends meanwhile
 */
export async function firstContact(
  admin: Admin,
  key: string,
  { limit, stop }: { readonly limit: Ms; readonly stop: AbortSignal },
): Promise<number | null> {
  const until = performance.now() + limit;
  for (;;) {
    const [holder] = await keyHolders(admin, [key]);
    const seen = holder?.last_used_at ?? null;
    const left = until - performance.now();
    if (seen !== null || left <= 0 || stop.aborted) return seen;
    await pause(Math.min(ASK_EVERY, left), stop);
  }
}

function pause(delay: Ms, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delay);
    stop.addEventListener('abort', done);
  });
}
