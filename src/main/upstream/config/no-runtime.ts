import { HoldfastError } from '../../../shared/errors';
import type { ServerRuntime } from './runtime';

const notYet = () => Promise.reject(new HoldfastError('server_unavailable', 'Servers are not started yet.'));

/** The supervisor of servers while there is none. */
export const noRuntime: ServerRuntime = {
  states: async () => new Map(),
  keeper: null,
  test: notYet,
  retry: notYet,
  stderr: async () => [],
};
