import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import { serverIn, setIn } from '../../../shared/model/mcp-address';
import { type Ms, SECOND } from '../../../shared/model/units';
import { isObject, RPC } from '../../mcp/json-rpc';
import { isStatelessEra } from '../../mcp/protocol-versions';
import type { OpenServerChannel } from '../../mcp/server-channel';
import { within } from '../../platform/deadline';
import type { Services } from '../../services';
import type { CallsByHand } from '../../window-api/again-handlers';
import { announceChanges } from './aggregate/announce-changes';
import { KnownLists } from './aggregate/lists/known-lists';
import type { TellSession } from './aggregate/open-sessions';
import { sendFailure } from './failures';
import type { FrontContext } from './front-context';
import { serveGet } from './get';
import { acceptsBoth, type Body, Refused, readBody, sendStatus } from './http';
import { Lazy } from './lazy';
import { servePost } from './post';
import { Relays, type RelaysOptions } from './relay/relays';
import { RepeatedCalls } from './repeated-calls';
import { restoreStreams } from './restore';
import { openServerChannels } from './server-channels';
import type { StatelessLeg } from './stateless/stateless';
import { Outbox } from './streams/outbox';
import type { PostReply } from './streams/post-reply';
import { EventStreams } from './streams/sse-stream';
import { StandaloneStreams } from './streams/standalone-streams';
import { serverOf, transportOf } from './transport-access';
import { followSessions, transportEffects } from './transport-effects';
import { announceVisibility } from './visibility/announce-visibility';

const CLOSE_LIMIT: Ms = SECOND;

export interface McpFront {
  readonly byHand: CallsByHand;
  /** Serves one request to `/mcp` or below from an authenticated client. Never throws. */
  handle(req: IncomingMessage, res: ServerResponse, client: Client): void;
  /**
   * Resumes the calls that were running when Holdfast stopped. Call it once, before clients can connect, and before
   * messages are read from servers, so that none sent meanwhile is missed. Takes at most half a second; never rejects.
   */
  restore(): Promise<void>;
  /**
   * Ends all streams, within a second. Calls that servers keep working on are left to the next run; all other running
   * calls are answered with an error. Later requests have their connection cut.
   */
  close(): Promise<void>;
}

export interface McpFrontOptions {
  /** Opens the channels of sessions, in place of the servers and Holdfast's own tools. */
  readonly connect?: OpenServerChannel;
}

/** Creates the MCP endpoint. The leg with sessions is our own; the stateless one is the SDK's. */
export function createMcpFront(services: Services, options: McpFrontOptions = {}): McpFront {
  const outbox = new Outbox(services);
  const push = new StandaloneStreams(services, outbox);
  const { clock, servers } = services;
  const known = new KnownLists({ repository: services.store.serverLists, clock, source: servers });
  const connect = options.connect ?? openServerChannels(services, known);
  let statelessLeg: StatelessLeg | null = null;
  const pushToSession: RelaysOptions['push'] = (sessionId, message, ofCall) => {
    if (!statelessLeg?.said(sessionId, message, ofCall)) push.push(sessionId, message);
  };
  const tell: TellSession = ({ session_id, era }, message) => {
    if (era !== 'stateless') push.push(session_id, message);
    // Whoever does not listen now lists before the next use, and nothing is stored that nobody could ever get.
    else statelessLeg?.said(session_id, message);
  };
  const relays = new Relays({ services, connect, push: pushToSession });
  const streams = new EventStreams(services.timers, () => services.servers.isMinded());
  const context: FrontContext = {
    services,
    relays,
    push,
    outbox,
    streams,
    postReplies: new Set<PostReply>(),
  };
  const stateless = new Lazy(async () => {
    const { StatelessLeg } = await import('./stateless/stateless');
    statelessLeg = new StatelessLeg(services, relays);
    return statelessLeg;
  });
  let isClosed = false;

  services.manager.setTransportEffects(
    transportEffects(context, (work) => {
      if (statelessLeg) work(statelessLeg);
    }),
  );
  const unsubscribe = services.bus.subscribe((events) => followSessions(context, events));
  const stopAnnouncing = announceChanges(services, known, tell);
  const stopTelling = announceVisibility(services, known, tell);

  async function route(req: IncomingMessage, res: ServerResponse, client: Client): Promise<void> {
    const address = serverOf(req);
    const set = setIn(address);
    const server = serverIn(address);
    if (set !== null && !services.visibility.index.hasSet(set)) throw noSuchSet(set);
    if (server !== null && services.servers.stateOf(server) === null) throw noSuchServer(server);
    if (req.method === 'POST') await servePostOfEra(req, res, client);
    else if (req.method !== 'GET' && req.method !== 'DELETE') throw methodNotAllowed();
    else if (client.policy === 'stateless' && req.headers['mcp-session-id'] === undefined) {
      await (await stateless.get()).serve(req, res, undefined, client);
    } else if (req.method === 'GET') await serveGet(context, req, res, client);
    else serveDelete(services, req, res, client);
  }

  async function servePostOfEra(req: IncomingMessage, res: ServerResponse, client: Client): Promise<void> {
    if (!acceptsBoth(req)) throw new Refused(406, 'Accept must allow application/json and text/event-stream.');
    const body = await readBody(req);
    // Holdfast stopped while the body was arriving: nothing new may start.
    if (isClosed) res.destroy();
    else if (client.policy === 'stateless' && isForStatelessLeg(req, body)) {
      await (await stateless.get()).serve(req, res, body, client);
    } else await servePost(context, req, res, body, client);
  }

  const byHand = new RepeatedCalls(context);
  return {
    byHand,
    handle(req, res, client) {
      if (isClosed) {
        res.destroy();
        return;
      }
      // A socket that breaks during a write reports it here. There is nothing left to do.
      res.on('error', () => {});
      route(req, res, client).catch((error) => sendFailure(services, res, error));
    },
    restore: () => restoreStreams(context),
    async close() {
      isClosed = true;
      unsubscribe();
      stopAnnouncing();
      stopTelling();
      const closing = Promise.allSettled([
        relays.close('Holdfast stopped while the call was running; its outcome is unknown.'),
        stateless.ifLoaded((leg) => leg.close()),
      ]);
      outbox.flush();
      streams.close();
      await within(services.timers, CLOSE_LIMIT, closing, () => {});
    },
  };
}

/** Not "method not found": clients of the newest revision take that code as a sign of a server of that revision. */
const noSuchServer = (name: string) =>
  new Refused(
    404,
    `There is no server named "${name}". See the Servers view of Holdfast, or use /mcp for all of them.`,
  );

/** Sessions at this address answer like this too, so that their clients find out why. */
const noSuchSet = (name: string) =>
  new Refused(
    404,
    `There is no set named "${name}"; it may have been renamed or deleted. See Sets in the Servers view of Holdfast, or use /mcp for everything.`,
  );

const methodNotAllowed = () =>
  new Refused(405, 'Use GET, POST or DELETE.', RPC.serverError, { Allow: 'GET, POST, DELETE' });

/**
 * Both legs share one address: `initialize` of the older revisions, and requests with the session id that it returned,
 * belong to the leg with sessions.
 */
function isForStatelessLeg(req: IncomingMessage, { values: [first], isArray }: Body): boolean {
  const message = isArray ? undefined : first;
  if (isStatelessEra(req, message)) return true;
  const isInitialize = isObject(message) && message.method === 'initialize';
  return !isInitialize && req.headers['mcp-session-id'] === undefined;
}

function serveDelete(services: Services, req: IncomingMessage, res: ServerResponse, client: Client): void {
  services.manager.endTransport(transportOf(services, req, client).transport_id);
  sendStatus(res, 204);
}
