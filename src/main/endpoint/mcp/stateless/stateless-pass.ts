import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { type Ms, SECOND } from '../../../../shared/model/units';
import type { Ending, ServedBy } from '../../../activity/activity-log';
import { EVENT_STREAM } from '../../../http-client/answer-body';
import { decodedBody } from '../../../http-client/content-encoding';
import { RequestFailed } from '../../../http-client/failures';
import { knowsTasks } from '../../../mcp/extensions';
import {
  asMessage,
  isObject,
  isRequest,
  isRequestId,
  type JsonRpcMessage,
  type JsonRpcResponse,
  type Params,
  RPC,
  rpcError,
} from '../../../mcp/json-rpc';
import { listedKind } from '../../../mcp/lists/item-rules';
import { Listings } from '../../../mcp/lists/listings';
import type { Timers } from '../../../platform/ports';
import type { Services } from '../../../services';
import { notSent } from '../../../upstream/failure-text';
import { StatelessServer } from '../../../upstream/http/stateless-server';
import { heldBack } from '../../../upstream/tools/held-back';
import { ToolCheck } from '../../../upstream/tools/tool-check';
import type { HttpTarget } from '../../../upstream/upstream-ports';
import { sendJson } from '../../refusal';
import { changedCapability, LIST_CAPABILITIES, type ListCapability, listChanged } from '../aggregate/lists/list-kinds';
import { openSessions } from '../aggregate/open-sessions';
import { endingOf, FAILED, OK } from '../ending';
import type { Body } from '../http';
import { newsResult } from '../lost-session';
import { lookingForTasks } from '../tasks/new-tasks';
import { OwnTasks } from '../tasks/own-tasks';
import { taskRefusal } from '../tasks/task-refusal';
import { ToldLists } from '../told-lists';
import { Sight } from '../visibility/sight';
import { answerOf, askServer, type OwnAsk } from './ask-list';
import { ListenedLists } from './listened-lists';
import { replacedResponses } from './sound-answer';
import type { StatelessCall } from './stateless-call';
import { VisibleStream } from './visible-stream';

const MAX_LOOKED_AT = 1024 * 1024;
/** Answers to list requests are held until they are whole, up to this size. */
const MAX_LIST = 16 * MAX_LOOKED_AT;
/** Clients whose listings are remembered, per server. */
const MAX_LISTINGS = 64;
/** How long a server may take to answer one list request of Holdfast. */
const LIST_LIMIT: Ms = 10 * SECOND;
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
const SUBSCRIPTION_KEY = 'io.modelcontextprotocol/subscriptionId';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

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

/**
 * Servers that speak the stateless revision themselves. Requests to them pass through with their MCP headers as they
 * are, and so do answers and streams, except for lists that strict clients would refuse, and for announcements of lists: a
 * client is told of those that are others for it.
 */
export class StatelessPass {
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
      const problem = await this.unchecked(call, req);
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
    const listings = this.listingsOf(call, message);
    if (said && isRequest(said) && answer.statusCode === 200) sight.noteAnswer(said, { jsonrpc: '2.0', id: said.id });
    decoded = this.seen(decoded, { answer, call, req, sight });
    if (listings || listedKind(call.method)) {
      await passList(answer, decoded, res, call, (response) => {
        const listed = sight.listed(call.method, listings?.answered(response) ?? response);
        this.sent(call, listed);
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
    const listened = call.method === 'subscriptions/listen' ? this.listenedBy(call, req) : null;
    const wants = wantedIn(call.params.notifications);
    const seen = new VisibleStream(({ method, params }) => {
      const capability = changedCapability(method);
      if (capability) this.announced(call, capability);
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

  private announced(call: StatelessCall, capability: ListCapability): void {
    const known = call.server === null ? undefined : this.known.get(call.server);
    if (capability === 'tools') known?.toolCheck.forget();
    known?.listened.get(call.client.client_id)?.announced(capability);
  }

  /** Notes what the client is sent of a list. */
  private sent(call: StatelessCall, { result }: JsonRpcResponse): void {
    if (call.server === null || !isObject(result)) return;
    const { cursor } = call.params;
    const page = { method: call.method, cursor: typeof cursor === 'string' ? cursor : undefined, result };
    this.told.sent(listKey(call, call.server), page);
    this.known.get(call.server)?.listened.get(call.client.client_id)?.wasSent(call.method);
  }

  /** Where the client listens for changes of the server of this call; null if nobody knows that server any more. */
  private listenedBy(call: StatelessCall, req: IncomingMessage): ListenedLists | null {
    const { server, client } = call;
    const known = server === null ? undefined : this.known.get(server);
    if (!known || server === null) return null;
    for (const [clientId, { isEmpty }] of known.listened) if (isEmpty) known.listened.delete(clientId);
    const listened = known.listened.get(client.client_id) ?? this.listen(call, server, known, req);
    known.listened.set(client.client_id, listened);
    return listened;
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
      inVain: (times) => services.servers.announcedInVain(server, times),
    });
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

  /** Reads what the server's tools say now, where a call has to wait for that. Returns why that is not known. */
  private async unchecked(call: StatelessCall, req: IncomingMessage): Promise<string | null> {
    const known = call.server === null ? undefined : this.known.get(call.server);
    if (!known?.toolCheck.isDue) return null;
    known.asking = { headers: headersOf(req), meta: call.meta };
    return known.toolCheck.read().then(
      () => null,
      (error: Error) => `The server "${call.server}" ${error.message}.`,
    );
  }

  /** Null unless the request is for a list. */
  private listingsOf({ server, client }: StatelessCall, said: unknown): Listings | null {
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
}

/** The text of a request, which subscribes to no resource that is hidden and to no task of others. */
function withoutHidden(text: string, message: unknown, sight: Sight, tasks: OwnTasks | null): string {
  if (!isObject(message) || message.method !== 'subscriptions/listen' || !isObject(message.params)) return text;
  const { notifications } = message.params;
  if (!isObject(notifications)) return text;
  const kept: Params = {};
  const keep = (key: string, isKept: (one: unknown) => boolean) => {
    const wanted = notifications[key];
    if (Array.isArray(wanted) && !wanted.every(isKept)) kept[key] = wanted.filter(isKept);
  };
  keep('resourceSubscriptions', (uri) => !sight.isAboutHidden('notifications/resources/updated', { uri }));
  keep('taskIds', (id) => typeof id === 'string' && tasks?.has(id) === true);
  if (Object.keys(kept).length === 0) return text;
  const params = { ...message.params, notifications: { ...notifications, ...kept } };
  return JSON.stringify({ ...message, params });
}

/** A request without a valid id, which is none: nobody could look at what it asks for. */
const isUnnamed = (message: unknown, said: JsonRpcMessage | null): boolean =>
  isObject(message) &&
  typeof message.method === 'string' &&
  !message.method.startsWith('notifications/') &&
  !(said && isRequest(said));

interface Passed {
  readonly answer: IncomingMessage;
  readonly call: StatelessCall;
  readonly req: IncomingMessage;
  readonly sight: Sight;
}

const isEventStream = (answer: IncomingMessage): boolean =>
  answer.headers['content-type']?.startsWith(EVENT_STREAM) ?? false;

const listKey = ({ client }: StatelessCall, server: string): string => JSON.stringify([client.client_id, server]);

/** The lists that a filter of `subscriptions/listen` asks for (MCP 2026-07-28, subscriptions). */
const wantedIn = (filter: unknown): Set<ListCapability> =>
  new Set(LIST_CAPABILITIES.filter((capability) => isObject(filter) && filter[`${capability}ListChanged`] === true));

/** Asks for a list, and gives up after {@link LIST_LIMIT}. */
function limited<T>(timers: Timers, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const cancel = timers.after(LIST_LIMIT, () => limit.abort());
  return ask(limit.signal).finally(cancel);
}

/** Whether the request looks valid, and so is worth a session. What is really served is for the server to decide. */
function isServable(req: IncomingMessage, body: unknown): boolean {
  if (!isObject(body) || typeof body.method !== 'string' || !isObject(body.params)) return false;
  const meta = isObject(body.params._meta) ? (body.params._meta as Params) : {};
  const { headers } = req;
  return (
    meta[VERSION_KEY] !== undefined &&
    meta[VERSION_KEY] === headers['mcp-protocol-version'] &&
    isObject(meta[CAPABILITIES_KEY]) &&
    body.method === headers['mcp-method']
  );
}

/** The MCP headers. All others, above all the key, are between the client and Holdfast. */
function headersOf(req: IncomingMessage): Record<string, string> {
  const own = Object.entries(req.headers).filter(([name]) => name.startsWith('mcp-') && name !== 'mcp-session-id');
  return Object.fromEntries(own.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])));
}

/** Passes on the answer to a list request as strict clients take it. Resolves when it is over. */
async function passList(
  answer: IncomingMessage,
  body: Readable,
  res: ServerResponse,
  call: StatelessCall,
  answered: (response: JsonRpcResponse) => JsonRpcResponse,
): Promise<void> {
  const type = answer.headers['content-type'] ?? '';
  const isStream = isEventStream(answer);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_LIST) break;
    }
  } catch {
    // The same as for one that is too long: it is cut off.
    length = Number.POSITIVE_INFINITY;
  }
  if (length > MAX_LIST) {
    // Cut off, not ended: the client must not mistake a part for the whole.
    call.end(BROKEN_OFF);
    res.destroy();
    return;
  }
  const given = Buffer.concat(chunks);
  const text = given.toString();
  const sound = replacedResponses(text, isStream, answered);
  const status = answer.statusCode ?? 502;
  res.writeHead(status, { ...(type === '' ? {} : { 'Content-Type': type }), 'Cache-Control': 'no-store' });
  res.end(sound === text ? given : sound);
  const ending = isStream && call.recordsContents ? endingOfStream([given], status) : null;
  call.end(ending ?? endingIn([given], !isStream, status), given.length);
}

const BROKEN_OFF: Ending = { outcome: 'error', error: 'The answer of the server broke off.' };

/** Passes an answer through. Resolves when it is over, whichever side ended it. */
function pipe(answer: IncomingMessage, body: Readable, res: ServerResponse, call: StatelessCall): Promise<void> {
  const status = answer.statusCode ?? 502;
  const type = answer.headers['content-type'];
  const isJson = type?.startsWith('application/json') ?? false;
  const isStream = isEventStream(answer);
  const isLookedAt = isJson || (isStream && call.recordsContents);
  const looked: Buffer[] = [];
  let length = 0;
  body.on('data', (chunk: Buffer) => {
    call.answering();
    length += chunk.length;
    if (isLookedAt && length <= MAX_LOOKED_AT) looked.push(chunk);
  });
  res.writeHead(status, { ...(type === undefined ? {} : { 'Content-Type': type }), 'Cache-Control': 'no-store' });
  res.flushHeaders();
  // If the client was the one that left, the call has ended by now and stays what it is.
  const breakOff = () => {
    call.end(BROKEN_OFF, length);
    res.destroy();
  };
  return new Promise((resolve) => {
    body.once('end', () => {
      const isWhole = length <= MAX_LOOKED_AT;
      const ending = isLookedAt && isStream && isWhole ? endingOfStream(looked, status) : null;
      call.end(ending ?? endingIn(looked, isJson && isWhole, status), length);
    });
    body.once('close', () => {
      // Cut off, not ended: the client must not mistake a part for the whole.
      if (!answer.complete || !body.readableEnded) breakOff();
      resolve();
    });
    body.on('error', breakOff);
    body.pipe(res);
  });
}

/** How a request ended, by what was looked at of the answer. */
function endingIn(looked: readonly Buffer[], isWhole: boolean, status: number): Ending {
  if (status >= 300) return FAILED;
  if (!isWhole) return OK;
  try {
    const answer: unknown = JSON.parse(Buffer.concat(looked).toString() || 'null');
    return isObject(answer) ? endingOf(answer as unknown as JsonRpcResponse) : OK;
  } catch {
    return FAILED;
  }
}

/** The same of a stream; null if it has no answer. */
function endingOfStream(looked: readonly Buffer[], status: number): Ending | null {
  let answer: JsonRpcResponse | null = null;
  replacedResponses(Buffer.concat(looked).toString(), true, (response) => {
    answer = response;
    return response;
  });
  return answer === null || status >= 300 ? null : endingOf(answer);
}

const servedBy = (server: string): ServedBy => ({ server, instance_id: null, pid: null });
