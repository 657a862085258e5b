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
import type { Services } from '../../../services';
import { notSent } from '../../../upstream/failure-text';
import { StatelessServer } from '../../../upstream/http/stateless-server';
import { heldBack } from '../../../upstream/tools/held-back';
import { ToolCheck } from '../../../upstream/tools/tool-check';
import type { HttpTarget } from '../../../upstream/upstream-ports';
import { sendJson } from '../../refusal';
import { endingOf, FAILED, OK } from '../ending';
import type { Body } from '../http';
import { newsResult } from '../lost-session';
import { lookingForTasks } from '../tasks/new-tasks';
import { OwnTasks } from '../tasks/own-tasks';
import { taskRefusal } from '../tasks/task-refusal';
import { Sight } from '../visibility/sight';
import { askServer, type OwnAsk } from './ask-list';
import { replacedResponses } from './sound-answer';
import type { StatelessCall } from './stateless-call';
import { withoutHiddenEvents } from './visible-stream';

const MAX_LOOKED_AT = 1024 * 1024;
/** Answers to list requests are held until they are whole, up to this size. */
const MAX_LIST = 16 * MAX_LOOKED_AT;
/** Clients whose listings are remembered, per server. */
const MAX_LISTINGS = 64;
/** How long a server may take to list its tools before one of them is called, where changed ones are held back. */
const TOOLS_LIMIT: Ms = 10 * SECOND;
const TOOLS_CHANGED = 'notifications/tools/list_changed';
const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES_KEY = 'io.modelcontextprotocol/clientCapabilities';

interface Known {
  readonly target: HttpTarget;
  readonly server: StatelessServer;
  /** What each client lists, least recently used first. */
  readonly listings: Map<string, Listings>;
  /** How a client asks it, which Holdfast does too when it has to know what the tools say now. */
  asking: Pick<OwnAsk, 'headers' | 'meta'>;
  readonly toolCheck: ToolCheck;
}

/**
 * Servers that speak the stateless revision themselves. Requests to them pass through with their MCP headers as they
 * are, and so do answers and streams, except for lists that strict clients would refuse.
 */
export class StatelessPass {
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
    if (listings || listedKind(call.method)) {
      await passList(answer, decoded, res, call, (response) =>
        sight.listed(call.method, listings?.answered(response) ?? response),
      );
    } else if (tasks && call.method === 'tools/call' && knowsTasks(call.capabilities)) {
      const isStream = answer.headers['content-type']?.startsWith(EVENT_STREAM) ?? false;
      const look = lookingForTasks(isStream, (said) => {
        replacedResponses(said, isStream, (response) => tasks.answered('tools/call', response, true));
      });
      await pipe(
        answer,
        pipeline(decoded, look, () => {}),
        res,
        call,
      );
    } else {
      const toolsChanged = () => this.toolsChanged(call, req);
      const isListen = call.method === 'subscriptions/listen';
      const seen = isListen ? withoutHiddenIn(decoded, answer, sight, toolsChanged) : decoded;
      await pipe(answer, seen, res, call);
    }
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

  /** The server says that its tools are others: what they say is remembered, whether or not the client lists them. */
  private toolsChanged(call: StatelessCall, req: IncomingMessage): void {
    const known = call.server === null ? undefined : this.known.get(call.server);
    if (!known) return;
    known.asking = { headers: headersOf(req), meta: call.meta };
    known.toolCheck.forget();
    known.toolCheck.read().catch((err) => {
      this.services.log.debug({ err, server: call.server }, 'the tools of a server could not be read');
    });
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

/** The stream without news of resources that are hidden by the time they come. */
function withoutHiddenIn(body: Readable, answer: IncomingMessage, sight: Sight, toolsChanged: () => void): Readable {
  if (!answer.headers['content-type']?.startsWith(EVENT_STREAM)) return body;
  const seen = withoutHiddenEvents(({ method, params }) => {
    if (method === TOOLS_CHANGED) toolsChanged();
    return sight.isAboutHidden(method, params);
  });
  // Whichever ends or breaks off takes the other along.
  return pipeline(body, seen, () => {});
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
  const isStream = type.startsWith(EVENT_STREAM);
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
  const isStream = type?.startsWith(EVENT_STREAM) ?? false;
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
