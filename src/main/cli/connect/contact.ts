import type { Client } from '../../../shared/contract/client';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Admin } from '../admin';
import { keyHolders } from './key-holders';

const ASK_EVERY: Ms = SECOND / 2;

/**
 * Waits until a client has come with this key, or with its own, at most for `limit`. Null when it has not, or when `stop` was aborted.
 * @throws HoldfastError `unreachable` when Holdfast ends meanwhile
 */
export async function firstContact(
  admin: Admin,
  by: { readonly key: string } | { readonly client_id: string },
  { limit, stop }: { readonly limit: Ms; readonly stop: AbortSignal },
): Promise<number | null> {
  const until = performance.now() + limit;
  for (;;) {
    const seen = 'key' in by ? await lastUseOf(admin, by.key) : await lastVisitOf(admin, by.client_id);
    const left = until - performance.now();
    if (seen !== null || left <= 0 || stop.aborted) return seen;
    await pause(Math.min(ASK_EVERY, left), stop);
  }
}

async function lastUseOf(admin: Admin, key: string): Promise<number | null> {
  const [holder] = await keyHolders(admin, [key]);
  return holder?.last_used_at ?? null;
}

async function lastVisitOf(admin: Admin, clientId: string): Promise<number | null> {
  const { clients } = (await admin.ask('/api/mcp/clients')) as { clients: Client[] };
  return clients.find(({ client_id }) => client_id === clientId)?.key_used_at ?? null;
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
