import type { Client } from '../../../../shared/contract/client';
import { HoldfastError } from '../../../../shared/errors';
import { isObject } from '../../../mcp/json-rpc';
import type { Services } from '../../../services';
import { sessionKeyOf } from '../../../sessions/session-ports';

/** The only supported revision without sessions. */
const STATELESS_VERSION = '2026-07-28';
const MAX_NAME = 200;

/**
 * Gives each client of the stateless era a session at each address. The protocol has no sessions, so all its requests
 * there share one transport of ours, which is supervised like any other.
 */
export class StatelessSessions {
  private readonly services: Services;
  private readonly transports = new Map<string, string>();
  /** What ends the streams that are open, by their transports. */
  private readonly listening = new Map<string, Set<() => void>>();

  constructor(services: Services) {
    this.services = services;
  }

  /**
   * Binds the transport of a client's requests at one address to a session, a new one if the last has ended. Returns
   * the transport's id.
   * @param server - the server that the address names; null at the address of all
   * @param clientInfo - what the request says about the program
   */
  enter(client: Client, server: string | null, clientInfo: unknown, work: boolean): string {
    const { manager } = this.services;
    const known = this.transports.get(this.keyOf(client.client_id, server));
    try {
      const transportId = known ?? this.open(client, server, clientInfo);
      manager.enter(transportId, work, client);
      return transportId;
    } catch (error) {
      if (known === undefined || !(error instanceof HoldfastError) || error.code !== 'session_not_found') throw error;
      // The session has ended. There is no id by which the client could learn that, so it gets a new session.
      const transportId = this.open(client, server, clientInfo);
      manager.enter(transportId, work, client);
      return transportId;
    }
  }

  /** The key of one client at one address. */
  keyOf(clientId: string, server: string | null): string {
    return `${clientId} ${server ?? ''}`;
  }

  /** The {@link keyOf} of the client and address that have this session; null if none has. */
  keyOfSession(sessionId: string): string | null {
    for (const [key, transportId] of this.transports) {
      const [clientId = ''] = key.split(' ');
      const record = this.services.manager.findTransport(transportId, clientId);
      if (record && sessionKeyOf(record) === sessionId) return key;
    }
    return null;
  }

  /** The transport of a client's requests at one address, whether or not it has a session. Opened if there is none. */
  transportOf(client: Client, server: string | null, clientInfo: unknown): string {
    const known = this.transports.get(this.keyOf(client.client_id, server));
    const lives = known !== undefined && this.services.manager.findTransport(known, client.client_id) !== null;
    return lives ? known : this.open(client, server, clientInfo);
  }

  /** Keeps what ends a stream of this transport, until the returned function is called. */
  listens(transportId: string, end: () => void): () => void {
    const ends = this.listening.get(transportId) ?? new Set();
    this.listening.set(transportId, ends.add(end));
    return () => {
      ends.delete(end);
      if (ends.size === 0 && this.listening.get(transportId) === ends) this.listening.delete(transportId);
    };
  }

  /** Ends the streams of a transport, whose client listens anew then, to the session that it has now. */
  endStreams(transportId: string): void {
    for (const end of [...(this.listening.get(transportId) ?? [])]) end();
  }

  /** The {@link keyOf} that a transport stands for; null if it is of the other leg. */
  keyOfTransport(transportId: string): string | null {
    for (const [key, id] of this.transports) if (id === transportId) return key;
    return null;
  }

  private open(client: Client, server: string | null, clientInfo: unknown): string {
    const said = isObject(clientInfo) ? clientInfo : {};
    const { transport_id } = this.services.manager.openTransport({
      client,
      server,
      era: 'stateless',
      client_name: textOf(said.name) ?? client.name,
      client_version: textOf(said.version) ?? '',
      protocol_version: STATELESS_VERSION,
      initialize_params: null,
    });
    this.transports.set(this.keyOf(client.client_id, server), transport_id);
    return transport_id;
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, MAX_NAME) : null);
