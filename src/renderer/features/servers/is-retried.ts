import type { Server } from '../../../shared/contract/server';
import { sharesState } from '../../format/server-words';

/** Whether there is anything to start now: a server with a process per session has nothing without a session. */
export const isRetried = ({ state, policy, instances }: Server): boolean =>
  (state === 'waiting' || state === 'circuit_open') &&
  (sharesState(policy) || instances.some((one) => one.state === 'waiting' || one.state === 'circuit_open'));
