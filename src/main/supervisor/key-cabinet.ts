import type { KeyCabinet } from '../connect/connection-desk';
import type { ClientRegistry } from '../sessions/clients';
import type { SessionManager } from '../sessions/manager';
import type { Store } from '../store/store';

/** The keys of clients. With its key, a client loses its sessions. */
export const keyCabinetOf = (clients: ClientRegistry, manager: SessionManager, store: Store): KeyCabinet => ({
  find: (key) => clients.find(key),
  ofClient: (clientId) => clients.presentKeyOf(clientId),
  create: (client) => clients.create({ ...client, policy: 'sessionful' }),
  renew: (clientId) => clients.renewKey(clientId),
  takeBack: (clientId) => clients.takeBackRenewal(clientId),
  remove(clientId) {
    if (store.clients.get(clientId) === null) return;
    manager.closeAllOf(clientId);
    clients.remove(clientId);
  },
});
