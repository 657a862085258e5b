import type { Client } from '../../../shared/contract/client';
import { runsFor } from '../../mcp/server-source';
import type { BoundTransport } from '../../sessions/session-ports';
import type { FrontContext } from './front-context';

/**
 * A client listens, and may do nothing else for long. When servers of its session run on since before a restart of Holdfast,
 * it is connected to them again, so that it hears what they say by themselves. Starts nothing.
 */
export function reconnectServers({ services, relays }: FrontContext, transport: BoundTransport, client: Client): void {
  const { session_id, transport_id, server, initialize_params } = transport;
  if (relays.serves(session_id)) return;
  const { servers } = services;
  const names = server === null ? servers.offered() : [server];
  if (!names.some((name) => runsFor(servers, name, session_id))) return;
  relays
    .of(transport)
    .initialize(initialize_params, { client, transport_id })
    // The next request is told why it is not there.
    .catch((error) => services.log.debug({ err: error }, 'a session could not be connected to its servers again'));
}
