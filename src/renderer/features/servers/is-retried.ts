import type { Server } from '../../../shared/contract/server';
import { sharesState } from '../../format/server-words';

/** Whether there is anything to start now: a server with a process per session has nothing without a session. */
export const isRetried = ({ state, policy, instances }: Server): boolean =>
  (state === 'waiting' || state === 'circuit_open') &&
  (sharesState(policy) || instances.some((one) => one.state === 'waiting' || one.state === 'circuit_open'));

/** Whether there is anything to stop. */
export const isRunning = ({ state }: Server): boolean => state === 'running' || state === 'starting';

/** Whether it is started anew as a whole; one that is tried again is only brought forward. */
export const isRestarted = (server: Server): boolean => isRunning(server) && !isRetried(server);
