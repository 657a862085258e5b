import type { IncomingMessage } from 'node:http';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { RequestFailed } from '../../../http-client/failures';
import { asMessage, isRequest } from '../../../mcp/json-rpc';
import { listedKind } from '../../../mcp/lists/item-rules';
import { Listings } from '../../../mcp/lists/listings';
import type { Services } from '../../../services';
import { StatelessServer } from '../../../upstream/http/stateless-server';
import { ToolCheck } from '../../../upstream/tools/tool-check';
import type { HttpTarget } from '../../../upstream/upstream-ports';
import { askServer, type OwnAsk } from './ask-list';
import { headersOf } from './passed-request';
import type { StatelessCall } from './stateless-call';

/** Clients whose listings are remembered, per server. */
const MAX_LISTINGS = 64;
/** How long a server may take to list its tools before one of them is called, where changed ones are held back. */
const TOOLS_LIMIT: Ms = 10 * SECOND;

interface Known {
  readonly target: HttpTarget;
  readonly server: StatelessServer;
  /** What each client lists, least recently used first. */
  readonly listings: Map<string, Listings>;
  /** How a client asks it, which Holdfast does too when it has to know what the tools say now. */
  asking: Pick<OwnAsk, 'headers' | 'meta'>;
  readonly toolCheck: ToolCheck;
}

/** The servers that speak the stateless revision themselves, and what is known of what they list. */
export class StatelessServers {
  private readonly services: Services;
  private readonly known = new Map<string, Known>();

  constructor(services: Services) {
    this.services = services;
  }

  /**
   * The server of this name if it speaks the revision. Null if it needs a session or cannot be reached; in the latter
   * case, opening the session reports the cause.
   */
  async serverOf(name: string): Promise<StatelessServer | null> {
    const { servers, timers, network } = this.services;
    const target = servers.httpTargetOf(name);
    const known = this.known.get(name);
    if (known && known.target !== target) {
      known.server.close();
      this.known.delete(name);
    }
    if (!target) return null;
    try {
      const deps = { timers, network, login: servers.loginOf(name) };
      const server = this.known.get(name)?.server ?? new StatelessServer(target, deps);
      if (!this.known.has(name)) this.known.set(name, this.made(name, target, server));
      return (await server.speaks()) ? server : null;
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      this.services.log.debug({ err: error, server: name }, 'a server could not be asked which revisions it speaks');
      return null;
    }
  }

  /** Reads what the server's tools say now, where a call has to wait for that. Returns why that is not known. */
  async unchecked(call: StatelessCall, req: IncomingMessage): Promise<string | null> {
    const known = call.server === null ? undefined : this.known.get(call.server);
    if (!known?.toolCheck.isDue) return null;
    known.asking = { headers: headersOf(req), meta: call.meta };
    return known.toolCheck.read().then(
      () => null,
      (error: Error) => `The server "${call.server}" ${error.message}.`,
    );
  }

  /** The server says that its tools are others: what they say is remembered, whether or not the client lists them. */
  toolsChanged(call: StatelessCall, req: IncomingMessage): void {
    const known = call.server === null ? undefined : this.known.get(call.server);
    if (!known) return;
    known.asking = { headers: headersOf(req), meta: call.meta };
    known.toolCheck.forget();
    known.toolCheck.read().catch((err) => {
      this.services.log.debug({ err, server: call.server }, 'the tools of a server could not be read');
    });
  }

  /** Null unless the request is for a list. */
  listingsOf({ server, client }: StatelessCall, said: unknown): Listings | null {
    const message = asMessage(said);
    const known = server === null ? undefined : this.known.get(server);
    if (!known || server === null || !message || !isRequest(message) || !listedKind(message.method)) return null;
    const listings = known.listings.get(client.client_id) ?? this.services.servers.listingsOf(server);
    if (!listings) return null;
    known.listings.delete(client.client_id);
    known.listings.set(client.client_id, listings);
    const [oldest] = known.listings.keys();
    if (known.listings.size > MAX_LISTINGS && oldest !== undefined) known.listings.delete(oldest);
    listings.asked(message);
    return listings;
  }

  close(): void {
    for (const { server } of this.known.values()) server.close();
    this.known.clear();
  }

  private made(name: string, target: HttpTarget, server: StatelessServer): Known {
    const { servers, clock, callIds, timers } = this.services;
    const known: Known = {
      target,
      server,
      listings: new Map(),
      asking: { headers: {}, meta: {} },
      toolCheck: new ToolCheck({
        clock,
        isHolding: () => servers.tools.isHolding,
        listings: servers.listingsOf(name) ?? new Listings({ note: () => {}, look: () => [] }),
        ask: async (params) => {
          const limit = new AbortController();
          const cancel = timers.after(TOOLS_LIMIT, () => limit.abort());
          const asked = { id: callIds.next(), method: 'tools/list', params, ...known.asking };
          return askServer(server, asked, limit.signal).finally(cancel);
        },
      }),
    };
    return known;
  }
}
