import type { Client } from '../../../shared/contract/client';
import { HoldfastError } from '../../../shared/errors';
import { isObject } from '../../mcp/json-rpc';
import type { Services } from '../../services';

/** The one revision without sessions that is served. */
const STATELESS_VERSION = '2026-07-28';
const MAX_NAME = 200;

/**
 * Gives each client of the stateless era a session: the protocol knows none, so all its requests share one transport of
 * ours, under which they are supervised like any other.
 */
export class StatelessSessions {
  private readonly services: Services;
  private readonly transports = new Map<string, string>();

  constructor(services: Services) {
    this.services = services;
  }

  /** The transport of a client's requests, bound to its session. `clientInfo` is what the request says of the program. */
  enter(client: Client, clientInfo: unknown, work: boolean): string {
    const { manager } = this.services;
    const known = this.transports.get(client.client_id);
    try {
      const transportId = known ?? this.open(client, clientInfo);
      manager.enter(transportId, work, client);
      return transportId;
    } catch (error) {
      if (known === undefined || !(error instanceof HoldfastError) || error.code !== 'session_not_found') throw error;
      // The session ended. There is no id that the client could be told this of: it gets a new one.
      const transportId = this.open(client, clientInfo);
      manager.enter(transportId, work, client);
      return transportId;
    }
  }

  private open(client: Client, clientInfo: unknown): string {
    const said = isObject(clientInfo) ? clientInfo : {};
    const { transport_id } = this.services.manager.openTransport({
      client,
      server: null,
      era: 'stateless',
      client_name: textOf(said.name) ?? client.name,
      client_version: textOf(said.version) ?? '',
      protocol_version: STATELESS_VERSION,
      initialize_params: null,
    });
    this.transports.set(client.client_id, transport_id);
    return transport_id;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, MAX_NAME) : null);
