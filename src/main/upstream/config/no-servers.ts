import { join } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import type { ServerDesk } from './desk';

/** The desk while no server can be configured yet: there are none, and none can be added. */
export function noServers(folder: string): ServerDesk {
  const unknown = () => Promise.reject(new HoldfastError('server_not_found'));
  const notYet = () => Promise.reject(new HoldfastError('invalid_input', 'Servers cannot be added yet.'));
  const file = join(folder, 'servers.json');
  return {
    list: async () => ({ servers: [], file, problems: [], keeper: null, rss_saved_bytes: null }),
    get: unknown,
    save: notYet,
    setEnabled: unknown,
    trust: unknown,
    remove: unknown,
    undoRemove: unknown,
    test: unknown,
    retry: unknown,
    stderr: unknown,
    importPreview: async () => ({ candidates: [], looked_at: [] }),
    importEntries: notYet,
  };
}
