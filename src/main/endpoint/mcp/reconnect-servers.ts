import type { Client } from '../../../shared/contract/client';
import { serverIn } from '../../../shared/model/mcp-address';
import { runsFor } from '../../mcp/server-source';
import type { BoundTransport } from '../../sessions/session-ports';
import type { FrontContext } from './front-context';

/**
 * Reconnects a listening client to those servers of its session that kept running through a restart of Holdfast. Such a
 * client may send no request for a long time, but must still get what the servers send on their own. Starts no server.
 */
export function reconnectServers({ services, relays }: FrontContext, transport: BoundTransport, client: Client): void {
  const { session_id, transport_id, server, initialize_params } = transport;
  if (relays.serves(session_id)) return;
  const { servers } = services;
  const one = serverIn(server);
  const names = one === null ? servers.offered() : [one];
  if (!names.some((name) => runsFor(servers, name, servers.serversKey(session_id)))) return;
  relays
    .of(transport)
    .initialize(initialize_params, { client, transport_id })
    // The next request reports the cause to the client.
    .catch((error) => services.log.debug({ err: error }, 'a session could not be reconnected to its servers'));
}
