import { join } from 'node:path';
import type { ServerAdmin } from '#src/main/upstream/config/server-admin';
import { HoldfastError } from '#src/shared/errors';

/** The administration of a host that has no servers and takes none. */
export function noServers(folder: string): ServerAdmin {
  const unknown = () => Promise.reject(new HoldfastError('server_not_found'));
  const notYet = () => Promise.reject(new HoldfastError('invalid_input', 'This host takes no servers.'));
  const secrets = { in_keychain: false, protection: 'There are none.', problem: null };
  const file = join(folder, 'servers.json');
  return {
    list: async () => ({ servers: [], file, problems: [], keeper: null, secrets, rss_saved_bytes: null }),
    get: unknown,
    save: notYet,
    setEnabled: unknown,
    trust: unknown,
    remove: unknown,
    undoRemove: unknown,
    test: unknown,
    retry: unknown,
    restart: unknown,
    stop: unknown,
    tools: unknown,
    changes: unknown,
    lookAtChanges: unknown,
    acceptChanges: unknown,
    logIn: unknown,
    finishLogin: () => Promise.reject(new HoldfastError('login_unknown')),
    cancelLogin: unknown,
    logOut: unknown,
    stderr: unknown,
    secretsRemover: () => (text) => text,
    importPreview: async () => ({ candidates: [], looked_at: [] }),
    importEntries: notYet,
  };
}
