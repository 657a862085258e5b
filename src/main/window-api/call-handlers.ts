import type { CallInFlight, Calls, PatienceView } from '../../shared/contract/calls';
import type { Client } from '../../shared/contract/client';
import { HoldfastError } from '../../shared/errors';
import { SECOND } from '../../shared/model/units';
import type { Services } from '../services';
import type { Handlers } from './router';

type CallServices = Pick<Services, 'longCalls' | 'activity' | 'clients' | 'clock'>;
type CallMethod = 'calls.list' | 'calls.cancel' | 'calls.patience' | 'calls.set_patience';

/**
 * The calls that run now and those that became a handle, of all clients or of one. What servers and clients call something is
 * masked, as it may hold a secret. No handle is told: it is its client's.
 */
export function callsOf({ longCalls, activity, clock }: CallServices, clientId?: string): Calls {
  const masked = <T extends Pick<CallInFlight, 'progress'>>(call: T): T => ({
    ...call,
    progress: call.progress && { ...call.progress, message: activity.shownName(call.progress.message) },
  });
  const running = longCalls.inFlight
    .list()
    .filter(({ client_id }) => clientId === undefined || client_id === clientId)
    .map((call) => ({ ...masked(call), name: activity.shownName(call.name) }));
  return { running, handed_out: longCalls.views(clientId).map(masked), now: clock.now() };
}

/** How long a client waits, as far as is known. */
function patienceOf({ longCalls }: CallServices, client: Client): PatienceView {
  const { limit, isRenewed, from } = longCalls.patienceOf(client);
  const { default: usual, learned } = longCalls.patienceBeneath(client);
  return {
    client_id: client.client_id,
    seconds: limit / SECOND,
    renewed_by_progress: isRenewed,
    from,
    learned_seconds: learned === null ? null : learned / SECOND,
    default: { seconds: usual.limit / SECOND, renewed_by_progress: usual.isRenewed, from: usual.from },
  };
}

/** The methods about calls that run now, and about how long clients wait. */
export function createCallHandlers(services: CallServices): Pick<Handlers, CallMethod> {
  const { longCalls, clients } = services;
  return {
    'calls.list': () => callsOf(services),
    'calls.cancel': ({ call_id }) => {
      if (!longCalls.cancel(call_id)) throw new HoldfastError('call_not_found');
      return {};
    },
    'calls.patience': () => ({ clients: clients.list().map((client) => patienceOf(services, client)) }),
    'calls.set_patience': ({ client_id, seconds }) => {
      const client = clients.get(client_id);
      longCalls.setPatience(client_id, seconds === null ? null : Math.round(seconds * SECOND));
      return patienceOf(services, client);
    },
  };
}
