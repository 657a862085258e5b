import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import type { ServedBy } from '../../../activity/activity-log';
import { decodedBody } from '../../../http-client/content-encoding';
import { RequestFailed } from '../../../http-client/failures';
import { knowsTasks } from '../../../mcp/extensions';
import {
  asMessage,
  isObject,
  isRequest,
  isRequestId,
  type JsonRpcResponse,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import { listedKind } from '../../../mcp/lists/item-rules';
import type { Services } from '../../../services';
import { notSent } from '../../../upstream/failure-text';
import type { StatelessServer } from '../../../upstream/http/stateless-server';
import { heldBack } from '../../../upstream/tools/held-back';
import { sendJson } from '../../refusal';
import { changedCapability, LIST_CAPABILITIES, type ListCapability, listChanged } from '../aggregate/lists/list-kinds';
import { endingOf, FAILED } from '../ending';
import type { Body } from '../http';
import { newsResult } from '../lost-session';
import { lookingForTasks } from '../tasks/new-tasks';
import { OwnTasks } from '../tasks/own-tasks';
import { taskRefusal } from '../tasks/task-refusal';
import { Sight } from '../visibility/sight';
import { isEventStream, passList, pipe } from './pass-answer';
import { headersOf, isServable, isUnnamed, withoutHidden } from './passed-request';
import { replacedResponses } from './sound-answer';
import type { StatelessCall } from './stateless-call';
import { StatelessServers } from './stateless-servers';
import { VisibleStream } from './visible-stream';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId';

/**
 * Servers that speak the stateless revision themselves. Requests to them pass through with their MCP headers as they
 * are, and so do answers and streams, except for lists that strict clients would refuse, and for announcements of lists: a
 * client is told of those that are others for it.
 */
export class StatelessPass {
  private readonly services: Services;
  private readonly servers: StatelessServers;

  constructor(services: Services) {
    this.services = services;
    this.servers = new StatelessServers(services);
  }

  /** See {@link StatelessServers.serverOf}. */
  serverOf(name: string): Promise<StatelessServer | null> {
    return this.servers.serverOf(name);
  }

  /** Passes one request through. When the client disconnects, the request to the server is aborted. */
  async serve(
    server: StatelessServer,
    req: IncomingMessage,
    res: ServerResponse,
    { text, values, isArray }: Body,
    call: StatelessCall,
  ): Promise<void> {
    if (isArray) {
      // Nothing in an array would be looked at here, and this revision has none.
      sendJson(res, 400, rpcError(null, RPC.invalidRequest, 'Send one message, not an array of them.'));
      return;
    }
    const [message] = values;
    const abort = new AbortController();
    res.once('close', () => abort.abort());
    if (isServable(req, message)) call.begin(call.server === null ? null : servedBy(call.server));
    const sight = new Sight(this.services, call.client.client_id, call.server);
    const said = asMessage(message);
    if (isUnnamed(message, said)) {
      // A server that answers it all the same would serve what is hidden.
      sendJson(
        res,
        400,
        rpcError(null, RPC.invalidRequest, 'Send the request with an id: a string or a whole number.'),
      );
      call.end(FAILED);
      return;
    }
    const tasks =
      call.server === null ? null : new OwnTasks(this.services, call.server, call.client.client_id, call.sessionId);
    const refused = said && isRequest(said) && tasks ? taskRefusal(said, tasks, call.capabilities) : null;
    const refusal = refused?.response ?? (said && isRequest(said) ? sight.refusal(said) : null);
    if (refusal) {
      sendJson(res, refused?.status ?? 200, refusal);
      call.end(endingOf(refusal));
      return;
    }
    const tool = said && isRequest(said) && said.method === 'tools/call' ? said.params?.name : null;
    if (said && isRequest(said) && typeof tool === 'string' && call.server !== null) {
      const { tools } = this.services.servers;
      const problem = await this.servers.unchecked(call, req);
      if (problem !== null) {
        const refusal = notSent(said.id, new Error(problem));
        sendJson(res, 200, refusal);
        call.end(endingOf(refusal));
        return;
      }
      if (tools.isHeld(call.server, tool)) {
        const held = heldBack(said.id, call.server, tool);
        sendJson(res, 200, held);
        call.end(endingOf(held));
        return;
      }
      tools.used(call.server, tool);
    }
    const news = said && isRequest(said) ? await call.news() : null;
    if (news && said && isRequest(said)) {
      const told: JsonRpcResponse = { jsonrpc: '2.0', id: said.id, result: newsResult(news) };
      if (!res.destroyed) sendJson(res, 200, told);
      call.end(endingOf(told));
      return;
    }
    if (said && isRequest(said) && said.method !== 'subscriptions/listen') this.list(call, res);
    let answer: IncomingMessage;
    let decoded: Readable;
    try {
      answer = await server.forward(withoutHidden(text, message, sight, tasks), headersOf(req), abort.signal);
      decoded = await decodedBody(answer);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      const id = isObject(message) && isRequestId(message.id) ? message.id : null;
      sendJson(res, 200, rpcError(id, RPC.serverError, `The server ${error.message}.`));
      call.end({ outcome: 'error', error: `The server ${error.message}.`, error_code: RPC.serverError });
      return;
    }
    const listings = this.servers.listingsOf(call, message);
    if (said && isRequest(said) && answer.statusCode === 200) sight.noteAnswer(said, { jsonrpc: '2.0', id: said.id });
    decoded = this.seen(decoded, { answer, call, req, sight });
    if (listings || listedKind(call.method)) {
      await passList(answer, decoded, res, call, (response) => {
        const listed = sight.listed(call.method, listings?.answered(response) ?? response);
        this.servers.sent(call, listed);
        return listed;
      });
    } else if (tasks && call.method === 'tools/call' && knowsTasks(call.capabilities)) {
      const isStream = isEventStream(answer);
      const look = lookingForTasks(isStream, (said) => {
        replacedResponses(said, isStream, (response) => tasks.answered('tools/call', response, true));
      });
      await pipe(
        answer,
        pipeline(decoded, look, () => {}),
        res,
        call,
      );
    } else await pipe(answer, decoded, res, call);
  }

  /**
   * The answer without news of resources that are hidden by the time they come, and without announcements of lists: whoever
   * listens is told of those that are others.
   */
  private seen(body: Readable, { answer, call, req, sight }: Passed): Readable {
    if (!isEventStream(answer)) return body;
    const listened = call.method === 'subscriptions/listen' ? this.servers.listenedBy(call, req) : null;
    const wants = wantedIn(call.params.notifications);
    const seen = new VisibleStream(({ method, params }) => {
      const capability = changedCapability(method);
      if (capability) this.servers.announced(call, capability);
      if (method === ACKNOWLEDGED && isObject(params?.notifications)) {
        const granted = wantedIn(params.notifications);
        for (const one of wants) if (!granted.has(one)) wants.delete(one);
      }
      return capability !== undefined || sight.isAboutHidden(method, params);
    });
    const { id } = call;
    const params = { _meta: { [SUBSCRIPTION_KEY]: id } };
    const stop = listened?.add({ wants, tell: (capability) => seen.add({ ...listChanged(capability), params }) });
    // Whichever ends or breaks off takes the other along.
    return pipeline(body, seen, () => stop?.());
  }

  /** Lists the request among the calls in flight until it is over. Whoever cancels it there cuts its connection. */
  private list(call: StatelessCall, res: ServerResponse): void {
    const { longCalls, callIds, manager, activity } = this.services;
    const { client_id } = call.client;
    const callId = callIds.next();
    longCalls.inFlight.begin(callId, {
      client_id,
      session_id: manager.findTransport(call.caller().transport_id, client_id)?.session_id ?? null,
      server: call.server,
      method: call.method,
      name: activity.shownName(call.name),
      cancel: () => res.destroy(),
    });
    res.once('close', () => longCalls.inFlight.end(callId));
  }

  close(): void {
    this.servers.close();
  }
}

interface Passed {
  readonly answer: IncomingMessage;
  readonly call: StatelessCall;
  readonly req: IncomingMessage;
  readonly sight: Sight;
}

/** The lists that a filter of `subscriptions/listen` asks for (MCP 2026-07-28, subscriptions). */
const wantedIn = (filter: unknown): Set<ListCapability> =>
  new Set(LIST_CAPABILITIES.filter((capability) => isObject(filter) && filter[`${capability}ListChanged`] === true));

const servedBy = (server: string): ServedBy => ({ server, instance_id: null, pid: null });
