import { DEMO_CLIENT } from '../../shared/contract/demo';
import { hasEnded } from '../../shared/model/session';
import type { KeyCabinet } from '../connect/connection-desk';
import { DemoShow } from '../demo/demo';
import type { ClientRegistry } from '../sessions/clients';
import type { Store } from '../store/store';
import type { Foundation } from './foundation';

/** Opens the demo of the first steps, and removes the clients of a demo that a run left when it was killed. */
export async function openDemo(
  { store, timers, url, undo }: Foundation,
  clients: ClientRegistry,
  keys: KeyCabinet,
): Promise<DemoShow> {
  const demo = new DemoShow({
    timers,
    url: () => `${url()}/mcp`,
    create: keys.create,
    sessionOf(clientId) {
      const found = store.repository.sessions.ofClient(clientId).find(({ session }) => !session.probe);
      if (!found) return null;
      const { session_id, status } = found.session;
      return { session_id, isGone: status === 'disconnected' || hasEnded(status) };
    },
    remove: (clientId) => forgetClient(clientId, keys, store),
  });
  undo.push(() => demo.stop());
  // Those of a run that was killed meanwhile.
  const demos = clients.list().filter(({ type_name }) => type_name === DEMO_CLIENT);
  for (const { client_id } of demos) await forgetClient(client_id, keys, store);
  return demo;
}

/** Removes a client with all that was kept of it, but for the events that it was made and removed. */
async function forgetClient(clientId: string, keys: KeyCabinet, store: Store): Promise<void> {
  const sessions = store.repository.sessions.ofClient(clientId);
  const since = store.clients.get(clientId)?.created_at;
  keys.remove(clientId);
  for (const { session } of sessions) await store.deletion.forget(session.session_id);
  if (since !== undefined) store.deletion.forgetClient(clientId, since);
}
