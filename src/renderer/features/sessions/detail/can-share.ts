import type { Session } from '../../../../shared/contract/session';
import { hasEnded } from '../../../../shared/model/session';

/** Whether another client can join the servers of a session. */
export const canShare = ({ status, era, sharing }: Session): boolean =>
  !hasEnded(status) && era === 'sessionful' && sharing === null;
