import type { connectMethods, FoundClient } from '../../shared/contract/connect';
import { servedEntries } from '../../shared/model/served-entries';
import type { Services } from '../services';
import type { ServerAdmin } from '../upstream/config/server-admin';
import type { Handlers } from './router';

/** The methods of connecting other programs. */
export function createConnectHandlers(
  { connections }: Services,
  serverAdmin: ServerAdmin,
): Pick<Handlers, keyof typeof connectMethods> {
  const served = async (id: FoundClient['id']) => {
    const [{ candidates }, { servers }] = await Promise.all([serverAdmin.importPreview(), serverAdmin.list()]);
    return servedEntries(candidates, servers, { source: id, file: connections.fileOf(id) });
  };
  return {
    'connect.found': () => ({ clients: connections.found() }),
    'connect.preview': async ({ id, what, key: way }) =>
      connections.preview(id, what, { served: what === 'switch_off' ? await served(id) : [], way }),
    'connect.apply': ({ id, fingerprint, key }) => connections.connect(id, fingerprint, key),
    'connect.renew': ({ id, fingerprint, key }) => connections.renew(id, fingerprint, key),
    'connect.link': ({ id }) => connections.link(id),
    'connect.switch_off': async ({ id, fingerprint }) => connections.switchOff(id, await served(id), fingerprint),
    'connect.undo': ({ id, fingerprint }) => connections.undo(id, fingerprint),
  };
}
