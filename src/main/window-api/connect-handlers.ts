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
    'connect.preview': async ({ id, what }) =>
      connections.preview(id, what, what === 'switch_off' ? await served(id) : []),
    'connect.apply': ({ id, fingerprint }) => connections.connect(id, fingerprint),
    'connect.renew': ({ id, fingerprint }) => connections.renew(id, fingerprint),
    'connect.switch_off': async ({ id, fingerprint }) => connections.switchOff(id, await served(id), fingerprint),
    'connect.undo': ({ id, fingerprint }) => connections.undo(id, fingerprint),
  };
}
