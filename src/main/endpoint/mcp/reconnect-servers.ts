import type { Client } from '../../../shared/contract/client';
import { runsFor } from '../../mcp/server-source';
import type { FrontContext } from './front-context';

/**
 * A client listens, and may do nothing else for long. When servers of its session run on since before a restart of Holdfast,
 * it is connected to them again, so that it hears what they say by themselves. Starts nothing.
 */
export function reconnectServers(
  { services, relays }: FrontContext,
  sessionId: string,
  transportId: string,
  client: Client,
): void {
  const record = services.manager.findTransport(transportId, client.client_id);
  if (record === null || relays.serves(sessionId)) return;
  const { servers } = services;
  const names = record.server === null ? servers.offered() : [record.server];
  if (!names.some((name) => runsFor(servers, name, sessionId))) return;
  relays
    .of(record, client)
    .initialize(record.initialize_params, { client, transport_id: transportId })
    // The next request is told why it is not there.
    .catch((error) => services.log.debug({ err: error }, 'a session could not be connected to its servers again'));
}
