import type { connectMethods } from '../../shared/contract/connect';
import type { Services } from '../services';
import type { Handlers } from './router';

/** The methods of connecting other programs. */
export function createConnectHandlers({ connections }: Services): Pick<Handlers, keyof typeof connectMethods> {
  return {
    'connect.found': () => ({ clients: connections.found() }),
    'connect.preview': ({ id, what }) => connections.preview(id, what),
    'connect.apply': ({ id, fingerprint }) => connections.connect(id, fingerprint),
    'connect.undo': ({ id, fingerprint }) => connections.undo(id, fingerprint),
  };
}
