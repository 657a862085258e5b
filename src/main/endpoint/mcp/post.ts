import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import type { Ms } from '../../../shared/model/units';
import type { Arrival } from '../../activity/activity-log';
import {
  asMessage,
  isNotification,
  isObject,
  isRequest,
  isRequestId,
  isResponse,
  type JsonRpcMessage,
  type JsonRpcNotification,
  type JsonRpcRequest,
  nameIn,
  type RequestId,
  RPC,
  rpcError,
  traceparentIn,
} from '../../mcp/json-rpc';
import { sizeOf } from '../../mcp/message-text';
import { allowsBatches, isStatelessEra } from '../../mcp/protocol-versions';
import type { TransportRecord } from '../../sessions/session-ports';
import type { RequestInFlight } from '../../sessions/transports/contact-tracker';
import { endingOf, isOk } from './ending';
import { sendFailure } from './failures';
import type { FrontContext } from './front-context';
import { type Body, Refused, sendStatus } from './http';
import { initialize } from './initialize';
import { watched } from './long-calls/watched-call';
import { needsItsServers, newsResult } from './lost-session';
import { answersWithToken, isReconnect } from './own-tools/own-tool-names';
import type { ReplyTo } from './relay/relay';
import { realCall } from './search/real-call';
import { PostReply } from './streams/post-reply';
import { primingFor } from './streams/sse-stream';
import type { TaskPlace } from './tasks/followed-task';
import { asksForTask, planWithSession } from './tasks/task-plan';
import { isDecided, serverOf, transportOf } from './transport-access';

const MAX_NAME = 200;
const TOO_MANY = 'Too many of your calls are running. Wait for one to end, or cancel one, then make this call again.';

type Asking = JsonRpcRequest | JsonRpcNotification;

/** Serves one POST of the revisions with sessions (MCP 2025-11-25, transports, sending messages to the server). */
export async function servePost(
  context: FrontContext,
  req: IncomingMessage,
  res: ServerResponse,
  body: Body,
  client: Client,
): Promise<void> {
  const arrived = context.services.clock.monotonic();
  const only = body.isArray ? undefined : body.values[0];
  const id = isObject(only) && isRequestId(only.id) ? only.id : null;
  try {
    const message = asMessage(only);
    if (message && isRequest(message) && message.method === 'initialize') {
      return await initialize(context, message, serverOf(req), client, req, res);
    }
    if (isStatelessEra(req, only)) {
      // The error code must not be one that newer revisions define, or clients would not fall back to initialize.
      throw new Refused(400, 'This key is offered MCP with sessions, up to 2025-11-25. Send initialize.');
    }
    let record = transportOf(context.services, req, client);
    const messages = messagesOf(body, record.protocol_version).map((one) =>
      isRequest(one) ? realCall(one, client.client_id, record.server, context.services) : one,
    );
    if (record.session_id === null && needsSession(messages, record.server)) {
      if (!(await isDecided(context.services, record, req, res))) return;
      record = transportOf(context.services, req, client);
    }
    serve(context, messages, body.isArray, record, client, res, arrived);
  } catch (error) {
    sendFailure(context.services, res, error, id);
  }
}

/** @throws Refused when the revision does not allow this body */
function messagesOf({ values, isArray }: Body, protocolVersion: string): JsonRpcMessage[] {
  if (isArray && !allowsBatches(protocolVersion)) throw invalid('Send one message per request, no array.');
  const messages = values.map(asMessage).filter((message) => message !== null);
  if (messages.length === 0 || messages.length < values.length)
    throw invalid('The body is not a JSON-RPC 2.0 message.');
  const requests = messages.filter(isRequest);
  if (requests.some(({ method }) => method === 'initialize')) throw invalid('Send initialize alone.');
  if (new Set(requests.map(({ id }) => id)).size < requests.length) throw invalid('Give each request its own id.');
  return messages;
}

const invalid = (message: string) => new Refused(400, message, RPC.invalidRequest);

function serve(
  context: FrontContext,
  messages: readonly JsonRpcMessage[],
  isBatch: boolean,
  known: TransportRecord,
  client: Client,
  res: ServerResponse,
  arrived: Ms,
): void {
  const record = enter(context, messages, known, client);
  const caller = { client, transport_id: record.transport_id };
  const requests = messages.filter(isRequest);
  for (const message of messages) {
    if (isNotification(message) && message.method !== 'notifications/initialized') {
      context.services.activity.passed(arrivalOf(message, record, client));
      context.relays.find(record)?.notify(message, caller);
    } else if (isResponse(message)) context.relays.find(record)?.respond(message, caller);
  }
  if (requests.length === 0) {
    sendStatus(res, 202);
    return;
  }
  const postReply = PostReply.begin(
    {
      services: context.services,
      outbox: context.outbox,
      streams: context.streams,
      open: context.postReplies,
      transportId: record.transport_id,
      requestIds: requests.map(({ id }) => id),
      isBatch,
      priming: primingFor(record.protocol_version),
      sessionId: requests.some((request) => answersWithToken(request, record.server)) ? null : record.session_id,
    },
    res,
  );
  for (const request of requests) {
    if (request.method === 'ping') postReply.reply({ jsonrpc: '2.0', id: request.id, result: {} });
    else {
      const inFlight = call(context, request, record, client, postReply, arrived);
      res.once('close', inFlight.left);
    }
  }
}

/** Binds the transport to a session if these messages call for one. Returns the transport's updated record. */
function enter(
  { services: { manager } }: FrontContext,
  messages: readonly JsonRpcMessage[],
  record: TransportRecord,
  client: Client,
): TransportRecord {
  const { server } = record;
  const work = messages.some((message) => (isRequest(message) ? isWork(message, server) : isResponse(message)));
  const isSignOfLife = messages.some((message) => !isSilent(message, server));
  if (record.session_id === null ? !needsSession(messages, server) : !isSignOfLife) return record;
  return manager.enter(record.transport_id, work, client).transport;
}

/** A transport without a session gets one only for work. */
const needsSession = (messages: readonly JsonRpcMessage[], server: string | null): boolean =>
  messages.some((message) => isRequest(message) && isWork(message, server));

/** `reconnect_session` is not work: it concerns another session than the one the transport has or would get. */
const isWork = (request: JsonRpcRequest, server: string | null): boolean =>
  request.method !== 'ping' && !isReconnect(request, server);

const isSilent = (message: JsonRpcMessage, server: string | null): boolean =>
  !isResponse(message) && (message.method === 'notifications/initialized' || isReconnect(message, server));

function call(
  { services, relays }: FrontContext,
  request: JsonRpcRequest,
  record: TransportRecord,
  client: Client,
  postReply: PostReply,
  arrived: Ms,
): RequestInFlight {
  // Before the request counts as begun, so that nothing is left of it if this fails.
  const news = needsItsServers(request, record.server) ? services.manager.takeNews(record, client) : null;
  const finished = services.manager.requestStarted(record.transport_id);
  const caller = { client, transport_id: record.transport_id };
  const { id, method } = request;
  const name = nameIn(request.params);
  const shownName = services.activity.shownName(name);
  const row = services.activity.begin(arrivalOf(request, record, client));
  if (news !== null) {
    const response = { jsonrpc: '2.0', id, result: newsResult(news) } as const;
    services.timers.after(news.in, () => {
      try {
        finished({ method, name: shownName, ok: false });
        row.end({ ...endingOf(response), bytes_out: postReply.reply(response) });
      } catch (error) {
        // Holdfast may have stopped meanwhile.
        services.log.warn({ err: error }, 'a client could not be told where its session went');
      }
    });
    return finished;
  }
  const relay = relays.of(record);
  const { session_id, transport_id, server: address } = record;
  const plan = planWithSession(services, request, address);
  const replyTo: ReplyTo = {
    sentAs: (end_id) => {
      row.sentAs(end_id);
      postReply.sent({
        id,
        end_id,
        progress_token: progressTokenOf(request),
        method,
        name: name !== null && name.length > MAX_NAME ? shownName : (name ?? taskNamed(request)),
        ...(plan.follows && asksForTask(plan.request) ? { follows: true } : {}),
      });
    },
    sentAgain: (end_id, again_id) => postReply.sentAgain(end_id, again_id),
    reply: (response, cancelled) => {
      finished(cancelled ? null : { method, name: shownName, ok: isOk(response) });
      const bytes_out = postReply.reply(response);
      row.end(cancelled ? { outcome: 'cancelled' } : { ...endingOf(response), bytes_out });
    },
    related: (message) => {
      row.answering();
      postReply.related(message);
    },
    leave: () => postReply.leave(),
  };
  if (plan.atOnce && !services.longCalls.hasRoom(client.client_id)) {
    replyTo.reply(rpcError(id, RPC.serverError, TOO_MANY), false);
    return finished;
  }
  const ask: TaskPlace['ask'] = (next, to) => relay.request(next, caller, record.initialize_params, to);
  const place = { client, session_id, transport_id, address, arrived, relay, ask };
  ask(plan.request, watched(services, place, plan, replyTo));
  return finished;
}

const arrivalOf = (message: Asking, { session_id, transport_id }: TransportRecord, { client_id }: Client): Arrival => ({
  session_id,
  transport_id,
  client_id,
  direction: 'to_server',
  method: message.method,
  name: nameIn(message.params),
  bytes_in: sizeOf(message),
  message,
  traceparent: traceparentIn(message.params),
});

/** The task that a request is for: after a restart it says which server answers. */
const taskNamed = ({ params }: JsonRpcRequest): string | null =>
  typeof params?.taskId === 'string' ? params.taskId.slice(0, MAX_NAME) : null;

function progressTokenOf({ params }: JsonRpcRequest): RequestId | null {
  const token = isObject(params?._meta) ? params._meta.progressToken : null;
  return isRequestId(token) ? token : null;
}
