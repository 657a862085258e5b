import type { connectMethods, FoundClient } from '../../shared/contract/connect';
import type { Services } from '../services';
import type { ServerAdmin } from '../upstream/config/server-admin';
import type { Handlers } from './router';

/** The methods of connecting other programs. */
export function createConnectHandlers(
  { connections }: Services,
  serverAdmin: ServerAdmin,
): Pick<Handlers, keyof typeof connectMethods> {
  const served = (id: FoundClient['id']) => servedNames(serverAdmin, id, connections.fileOf(id));
  return {
    'connect.found': () => ({ clients: connections.found() }),
    'connect.preview': async ({ id, what }) =>
      connections.preview(id, what, what === 'switch_off' ? await served(id) : []),
    'connect.apply': ({ id, fingerprint }) => connections.connect(id, fingerprint),
    'connect.switch_off': async ({ id, fingerprint }) => connections.switchOff(id, await served(id), fingerprint),
    'connect.undo': ({ id, fingerprint }) => connections.undo(id, fingerprint),
  };
}

/**
 * Names of the entries in a client's file that run behind Holdfast by now, with the same command, address and values. Of two
 * entries of one name in a file, the first is meant: those of projects follow those that hold everywhere.
 */
async function servedNames(admin: ServerAdmin, id: FoundClient['id'], file: string | null): Promise<string[]> {
  const [{ candidates }, { servers }] = await Promise.all([admin.importPreview(), admin.list()]);
  const here = new Set(servers.map(({ name }) => name));
  const first = new Map<string, boolean>();
  for (const { source, file: where, original_name, name, verdict } of candidates) {
    if (source !== id || where !== file || first.has(original_name)) continue;
    // An entry that is only the twin of another entry that could be imported is not here yet.
    first.set(original_name, verdict === 'same' && here.has(name));
  }
  return [...first].flatMap(([name, isServed]) => (isServed ? [name] : []));
}
