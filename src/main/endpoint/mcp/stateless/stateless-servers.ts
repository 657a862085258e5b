import type { IncomingMessage } from 'node:http';
import { said } from '../../../../shared/messages/said';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { RequestFailed } from '../../../http-client/failures';
import { asMessage, isObject, isRequest, type JsonRpcResponse } from '../../../mcp/json-rpc';
import { listedKind } from '../../../mcp/lists/item-rules';
import { Listings } from '../../../mcp/lists/listings';
import type { Timers } from '../../../platform/ports';
import type { Services } from '../../../services';
import { StatelessServer } from '../../../upstream/http/stateless-server';
import { ToolCheck } from '../../../upstream/tools/tool-check';
import type { HttpTarget } from '../../../upstream/upstream-ports';
import type { ListCapability } from '../aggregate/lists/list-kinds';
import { openSessions } from '../aggregate/open-sessions';
import { ToldLists } from '../told-lists';
import { Sight } from '../visibility/sight';
import { answerOf, askServer, type OwnAsk } from './ask-list';
import { ListenedLists } from './listened-lists';
import { headersOf } from './passed-request';
import type { StatelessCall } from './stateless-call';

/** Clients whose listings are remembered, per server. */
const MAX_LISTINGS = 64;
/** How long a server may take to answer one list request of Holdfast. */
const LIST_LIMIT: Ms = 10 * SECOND;

interface Known {
  readonly target: HttpTarget;
  readonly server: StatelessServer;
  /** What each client lists, least recently used first. */
  readonly listings: Map<string, Listings>;
  /** Who listens for changes, by client. */
  readonly listened: Map<string, ListenedLists>;
  /** How a client asks it, which Holdfast does too when it has to know what the tools say now. */
  asking: Asking;
  readonly toolCheck: ToolCheck;
}

type Asking = Pick<OwnAsk, 'headers' | 'meta'>;

/** The servers that speak the stateless revision themselves, and what is known of what they list. */
export class StatelessServers {
  private readonly services: Services;
  private readonly known = new Map<string, Known>();
  private readonly told = new ToldLists();
  /** Sessions of clients that were here before Holdfast started. */
  private readonly fromBefore: ReadonlySet<string>;
  private readonly unsubscribe: readonly (() => void)[];

  constructor(services: Services) {
    this.services = services;
    this.fromBefore = new Set(openSessions(services).map(({ session_id }) => session_id));
    const recheck = (known: Known | undefined) => {
      for (const listened of known?.listened.values() ?? []) listened.recheck();
    };
    this.unsubscribe = [
      services.servers.onHeld((server) => recheck(this.known.get(server))),
      services.visibility.onChange(() => {
        for (const known of this.known.values()) recheck(known);
      }),
    ];
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
      (error: Error) => said('said.server.named', { name: call.server ?? '', what: error.message }),
    );
  }

  /** The server says that a list is another one. */
  announced(call: StatelessCall, capability: ListCapability): void {
    const known = call.server === null ? undefined : this.known.get(call.server);
    if (capability === 'tools') known?.toolCheck.forget();
    known?.listened.get(call.client.client_id)?.announced(capability);
  }

  /** Notes what the client is sent of a list. */
  sent(call: StatelessCall, { result }: JsonRpcResponse): void {
    if (call.server === null || !isObject(result)) return;
    const { cursor } = call.params;
    const page = { method: call.method, cursor: typeof cursor === 'string' ? cursor : undefined, result };
    this.told.sent(listKey(call, call.server), page);
    this.known.get(call.server)?.listened.get(call.client.client_id)?.wasSent(call.method);
  }

  /** Where the client listens for changes of the server of this call; null if nobody knows that server any more. */
  listenedBy(call: StatelessCall, req: IncomingMessage): ListenedLists | null {
    const { server, client } = call;
    const known = server === null ? undefined : this.known.get(server);
    if (!known || server === null) return null;
    for (const [clientId, { isEmpty }] of known.listened) if (isEmpty) known.listened.delete(clientId);
    const listened = known.listened.get(client.client_id) ?? this.listen(call, server, known, req);
    known.listened.set(client.client_id, listened);
    return listened;
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
    for (const stop of this.unsubscribe) stop();
    for (const { server } of this.known.values()) server.close();
    this.known.clear();
  }

  private listen(call: StatelessCall, server: string, known: Known, req: IncomingMessage): ListenedLists {
    const { services, told } = this;
    const sight = new Sight(services, call.client.client_id, server);
    const listings = services.servers.listingsOf(server) ?? new Listings({ note: () => {}, look: () => [] });
    const asking: Asking = { headers: headersOf(req), meta: call.meta };
    return new ListenedLists({
      ...{ services, told, key: listKey(call, server) },
      isContinued: this.fromBefore.has(call.sessionId ?? ''),
      ask: async (method, params) => {
        const asked = { id: services.callIds.next(), method, params, ...asking };
        listings.asked(asked);
        const answer = await limited(services.timers, (signal) => answerOf(known.server, asked, signal));
        return sight.listed(method, listings.answered(answer));
      },
    });
  }

  private made(name: string, target: HttpTarget, server: StatelessServer): Known {
    const { servers, clock, callIds, timers } = this.services;
    const known: Known = {
      target,
      server,
      listings: new Map(),
      listened: new Map(),
      asking: { headers: {}, meta: {} },
      toolCheck: new ToolCheck({
        clock,
        isHolding: () => servers.tools.isHolding,
        listings: servers.listingsOf(name) ?? new Listings({ note: () => {}, look: () => [] }),
        ask: (params) => {
          const asked = { id: callIds.next(), method: 'tools/list', params, ...known.asking };
          return limited(timers, (signal) => askServer(server, asked, signal));
        },
      }),
    };
    return known;
  }
}

const listKey = ({ client }: StatelessCall, server: string): string => JSON.stringify([client.client_id, server]);

/** Asks for a list, and gives up after {@link LIST_LIMIT}. */
function limited<T>(timers: Timers, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const cancel = timers.after(LIST_LIMIT, () => limit.abort());
  return ask(limit.signal).finally(cancel);
}
