import type { Session } from '../../../../shared/contract/session';
import type { JsonRpcMessage } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';

/** Only this many sessions are told of changes, the most recently used ones. */
const MAX_TOLD = 500;

/** Sends a session a message that belongs to no request. */
export type TellSession = (session: Pick<Session, 'session_id' | 'era'>, message: JsonRpcMessage) => void;

/** The sessions that are told when lists change. Includes disconnected ones and those with nothing in memory. */
export const openSessions = ({ store }: Pick<Services, 'store'>) =>
  store.sessions.page({
    status: ['active', 'idle', 'disconnected'],
    include_probes: true,
    sort: 'last_activity',
    order: 'desc',
    limit: MAX_TOLD,
    offset: 0,
  }).sessions;
