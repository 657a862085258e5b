import { isOfMany } from '../../../shared/model/mcp-address';
import { hasEnded } from '../../../shared/model/session';
import type { Ms } from '../../../shared/model/units';
import type { OpenActivity } from '../../activity/activity-log';
import { NO_RESULT } from '../../long-calls/call-words';
import type { LongCall } from '../../long-calls/long-call-ports';
import type { JsonRpcMessage, JsonRpcRequest } from '../../mcp/json-rpc';
import { isNotification, isRequest, isResponse, type RequestId, RPC, rpcError } from '../../mcp/json-rpc';
import { textOf } from '../../mcp/message-text';
import { OWN_TOOLS } from '../../mcp/own-tools';
import type { Caller } from '../../mcp/server-channel';
import { runsFor } from '../../mcp/server-source';
import type { StoredCall, UnfinishedStream } from '../../mcp/stored-streams';
import { within } from '../../platform/deadline';
import type { Services } from '../../services';
import { cutOff } from '../../sessions/handover/where-it-went';
import type { TransportRecord, WentTo } from '../../sessions/session-ports';
import { clientName } from './aggregate/names';
import { endingOf, isOk } from './ending';
import type { FrontContext } from './front-context';
import { handleResult, hasOutputSchema, noResult } from './long-calls/handle-result';
import { resumedCall } from './long-calls/resumed-call';
import { watched } from './long-calls/watched-call';
import { INTERRUPTED, type Relay, type RestoredCall } from './relay/relay';
import { SESSIONFUL } from './stateless/stateless-messages';
import { PostReply } from './streams/post-reply';
import { FollowedTask, type TaskPlace } from './tasks/followed-task';
import { createdTask } from './tasks/made-tasks';
import { passedOn } from './tasks/task-plan';

/** How long clients are kept waiting when a server channel is slow to open. */
const RESTORE_LIMIT: Ms = 200;

/** What one session had running when Holdfast stopped. */
interface Running {
  /**
   * The transport of its newest stream, as a transport of this session. Has what is needed to initialize a server
   * channel.
   */
  transport: TransportRecord | null;
  readonly calls: RestoredCall[];
  /** Calls of a client that the session has left, and where it went: their servers are still to be told. */
  readonly gone: RestoredCall[];
  went: { readonly transport: TransportRecord; readonly sentence: string } | null;
  /** What asks for the results of tasks that servers made of calls: once it is clear what else goes on. */
  readonly tasks: (() => void)[];
}

const nothingRuns = (): Running => ({ transport: null, calls: [], tasks: [], gone: [], went: null });

/**
 * Resumes the calls that were running when Holdfast stopped. Answers from servers that are still working on them go
 * into the stored streams, where clients find them by `Last-Event-ID`. All other calls get an error there. Call this
 * once the surviving server processes are known again, and before clients can connect.
 * @returns a promise that resolves, within 200 ms, when every server knows which of its answers are awaited
 */
export async function restoreStreams(context: FrontContext): Promise<void> {
  const sessions = new Map<string, Running>();
  for (const stream of context.services.store.streams.unfinished()) {
    const running = sessions.get(stream.session_id) ?? nothingRuns();
    sessions.set(stream.session_id, running);
    try {
      restoreStream(context, stream, running);
    } catch (error) {
      context.services.log.warn({ err: error }, 'a stream from before the restart could not be restored');
    }
  }
  for (const long of context.services.longCalls.left()) {
    try {
      restoreLongCall(context, long, sessions);
    } catch (error) {
      context.services.log.warn({ err: error }, 'a call that was handed out before the restart could not be resumed');
    }
  }
  const restored: Promise<void>[] = [];
  for (const [sessionId, running] of sessions) restored.push(resume(context, sessionId, running));
  if (restored.length > 0) await within(context.services.timers, RESTORE_LIMIT, Promise.all(restored), () => {});
}

/** Waits for what runs in one session, after what the kill left undone of a take-over of it. */
async function resume({ relays }: FrontContext, sessionId: string, running: Running): Promise<void> {
  const { transport, calls, tasks, gone, went } = running;
  if (went && gone.length > 0) {
    await relays.of(went.transport).restore(gone, initializeParamsOf(went.transport));
    relays.takenOver(sessionId, went.sentence);
  }
  if (!transport) return;
  if (calls.length > 0) await relays.of(transport).restore(calls, initializeParamsOf(transport));
  for (const follow of tasks) follow();
}

function restoreStream(context: FrontContext, stream: UnfinishedStream, running: Running): void {
  const { services } = context;
  const { session_id, transport_id, created_at } = stream;
  const messages = messagesOf(services, session_id, stream.stream_id);
  const requestIds = unanswered(stream.request_ids, messages);
  if (requestIds.length === 0) {
    services.store.streams.done(stream.stream_id);
    return;
  }
  const postReply = restorePostReply(context, { ...stream, request_ids: requestIds });
  const transport = transport_id === null ? null : services.store.transports.get(transport_id);
  const client = transport && services.store.clients.get(transport.client_id);
  const questions = messages.filter(isRequest).map(({ id }) => String(id));
  const went = transport && wentTo(services, transport, session_id);
  for (const id of requestIds) {
    const call = stream.calls.find((one) => one.id === id);
    const long = call ? services.longCalls.ofCall(Number(call.end_id)) : null;
    // Killed between the take-over and the answers that its old client is to get.
    if (went) {
      postReply.reply(rpcError(id, RPC.serverError, cutOff(went)));
      if (call && client && !waitsForResult(call, transport)) {
        running.went = { transport: ofSession(transport, session_id), sentence: cutOff(went) };
        running.gone.push(goneCall(call, { client, transport_id: transport.transport_id }, questions));
      }
    } else if (long) {
      // It was handed out in the very moment in which Holdfast was killed: the client has not heard of it yet.
      const isStructured = hasOutputSchema(services, long.server, long.tool);
      postReply.reply(
        long.shown_as === 'task'
          ? createdTask(id, long, 'augmented')
          : handleResult(id, long, services.clock.ageOf(long.started_at), null, isStructured),
      );
    } else if (transport && call && waitsForResult(call, transport)) postReply.reply(noResult(id, NO_RESULT.restarted));
    else if (!call || !transport || !client) postReply.reply(rpcError(id, RPC.serverError, INTERRUPTED));
    else {
      // Even a transport that was superseded since tells how to initialize the session's server channel.
      running.transport = ofSession(transport, session_id);
      const caller = { client, transport_id: transport.transport_id };
      const begun = services.activity.begin(
        {
          session_id,
          transport_id: transport.transport_id,
          client_id: client.client_id,
          direction: 'to_server',
          method: call.method,
          name: call.name,
          bytes_in: 0,
        },
        null,
        created_at,
      );
      begun.sentAs(call.end_id);
      const reached = reachedIn(messages, call.progress_token);
      const { server: address } = transport;
      const relay = context.relays.of(running.transport);
      const { transport_id } = transport;
      const arrived = services.clock.monotonic();
      const place = {
        client,
        session_id,
        transport_id,
        address,
        relay,
        arrived,
        ask: askingAs(caller, relay, transport),
      };
      const inner = repliesOf(services, postReply, call, created_at, begun);
      const replyTo = watched(
        services,
        place,
        { ...passedOn(requestOf(call)), follows: call.follows === true },
        inner,
        { since: created_at, reached, againId: call.again_id },
      );
      running.calls.push({
        clientId: id,
        progressToken: call.progress_token,
        caller,
        questions,
        reached,
        open: { id: call.again_id ?? call.end_id, method: call.method, name: call.name },
        replyTo,
      });
      replyTo.sentAs(call.end_id);
    }
  }
}

const ofSession = (transport: TransportRecord, session_id: string): TransportRecord => ({
  ...transport,
  session_id: session_id as TransportRecord['session_id'],
});

/** A call whose client has been answered. Its server is told what becomes of its questions, and its answer is dropped. */
const goneCall = (
  { id, end_id, again_id, method, name }: Pick<StoredCall, 'id' | 'end_id' | 'again_id' | 'method' | 'name'>,
  caller: RestoredCall['caller'],
  questions: readonly string[],
): RestoredCall => ({
  clientId: id,
  progressToken: undefined,
  caller,
  questions,
  reached: Number.NEGATIVE_INFINITY,
  open: { id: again_id ?? end_id, method, name },
  replyTo: { sentAs: () => {}, reply: () => {}, related: () => {}, isLeft: () => true },
});

/** Whether the call only waited for the result of another: nothing is lost, and nobody goes on with it. */
const waitsForResult = ({ method, name }: StoredCall, { server }: TransportRecord): boolean =>
  isOfMany(server) && method === 'tools/call' && name === OWN_TOOLS.result;

/** Goes on waiting for the answer to a call whose client has a handle. A call whose session is over will get none. */
function restoreLongCall({ services, relays }: FrontContext, long: LongCall, sessions: Map<string, Running>): void {
  const { longCalls, store, manager } = services;
  const { call_id, session_id, transport_id, client_id } = long;
  const end_id = long.again_id ?? call_id;
  const transport = store.transports.get(transport_id);
  const client = store.clients.get(client_id);
  const went = transport && wentTo(services, transport, session_id);
  if (!transport || went || !client || !isAlive(manager, session_id)) {
    const why = went ? cutOff(went) : INTERRUPTED;
    const text = textOf(rpcError(call_id, RPC.serverError, why));
    longCalls.answered(call_id, { text, ok: false });
    if (went && client) {
      const of = sessions.get(session_id) ?? nothingRuns();
      sessions.set(session_id, of);
      of.went = { transport: ofSession(transport, session_id), sentence: cutOff(went) };
      const call = { id: call_id, end_id, method: 'tools/call', name: clientName(long.server, long.tool) };
      of.gone.push(goneCall(call, { client, transport_id }, []));
    }
    return;
  }
  const running = sessions.get(session_id) ?? nothingRuns();
  sessions.set(session_id, running);
  running.transport ??= ofSession(transport, session_id);
  const caller = { client, transport_id };
  const relayNow = () => relays.of(running.transport ?? transport);
  const isTold = long.shown_as === 'task' && transport.protocol_version === SESSIONFUL;
  const resumed = { call_id, isTold };
  // No client has this id: theirs was answered with the handle.
  const clientId = `handed-out-${call_id}`;
  if (long.task_id !== null && !mayHaveTasks(services, long)) {
    longCalls.answered(call_id, { text: textOf(rpcError(call_id, RPC.serverError, INTERRUPTED)), ok: false });
    return;
  }
  const relay = {
    cancel: (id: RequestId, reason: string) => relayNow().cancel(id, reason),
  };
  const ask: TaskPlace['ask'] = (request, replyTo) =>
    relayNow().request(request, caller, initializeParamsOf(transport), replyTo);
  const follow = (taskId: string) => new FollowedTask(services, { relay, ask }, clientId, taskId);
  if (long.task_id !== null) {
    const task = follow(long.task_id);
    const replyTo = resumedCall(services, resumed, relayNow, (reason) => task.giveUp(reason), null);
    running.tasks.push(() => task.begin(replyTo));
    return;
  }
  const call = resumedCall(services, resumed, relayNow, (reason) => relay.cancel(end_id, reason), follow);
  running.calls.push({
    caller,
    clientId,
    progressToken: undefined,
    reached: Number.NEGATIVE_INFINITY,
    questions: [],
    open: {
      id: end_id,
      method: 'tools/call',
      name: isOfMany(transport.server) ? clientName(long.server, long.tool) : long.tool,
      isHandedOut: true,
    },
    replyTo: call,
  });
}

/** Whether a server may still have a task from before the restart: over stdio, tasks go with the process. */
const mayHaveTasks = ({ servers }: Services, { server, session_id }: LongCall): boolean =>
  servers.httpTargetOf(server) !== null ||
  servers.runsForAll(server) ||
  runsFor(servers, server, servers.serversKey(session_id));

/**
 * Where the session of this transport's call went; null when it is its client's still. A transport that was superseded before
 * the take-over has no word of it, yet its call must not go on with the eyes of a client that the session has left.
 */
function wentTo(
  { manager, store }: Services,
  { went_to, client_id }: TransportRecord,
  session_id: string,
): Pick<WentTo, 'client' | 'at'> | null {
  if (went_to) return went_to;
  if (!manager.sessionExists(session_id)) return null;
  const session = manager.get(session_id, { kind: 'admin' });
  if (session.client_id === client_id) return null;
  const { events } = store.events.timeline({ session_id, kinds: ['session_reconnected'], limit: 100 });
  const taken = events.find(({ payload }) => 'from' in payload);
  const client = store.clients.get(session.client_id)?.name ?? session.client_name;
  return { client, at: taken?.at ?? session.last_activity };
}

function isAlive(manager: Services['manager'], sessionId: string): boolean {
  try {
    return !hasEnded(manager.get(sessionId, { kind: 'admin' }).status);
  } catch {
    // It is not kept any more.
    return false;
  }
}

const initializeParamsOf = (transport: TransportRecord) => transport.initialize_params ?? introductionOf(transport);

/** Sends requests of the same client, for a call that goes on. */
const askingAs =
  (caller: Caller, relay: Relay, transport: TransportRecord): TaskPlace['ask'] =>
  (request, replyTo) =>
    relay.request(request, caller, initializeParamsOf(transport), replyTo);

/** A client of the revision without sessions said who it is with each request, which is not kept. */
const introductionOf = ({ client_name, client_version }: TransportRecord) => ({
  protocolVersion: SESSIONFUL,
  capabilities: {},
  clientInfo: { name: client_name, version: client_version },
});

/** A request as far as it is kept. */
const requestOf = ({ id, method, name, progress_token }: StoredCall): JsonRpcRequest => ({
  jsonrpc: '2.0',
  id,
  method,
  params: {
    ...(name === null ? {} : { [method.startsWith('resources/') ? 'uri' : 'name']: name }),
    ...(progress_token === null ? {} : { _meta: { progressToken: progress_token } }),
  },
});

/** The highest progress that the client received for this token; -Infinity if it received none. */
function reachedIn(messages: readonly JsonRpcMessage[], progressToken: RequestId | null): number {
  const told = messages.filter(isNotification).filter(({ params }) => params?.progressToken === progressToken);
  return told.reduce((reached, { params }) => Math.max(reached, Number(params?.progress)), Number.NEGATIVE_INFINITY);
}

const repliesOf = (
  { manager, clock, activity }: Services,
  postReply: PostReply,
  { method, name }: StoredCall,
  startedAt: number,
  begun: OpenActivity,
): RestoredCall['replyTo'] => ({
  sentAs: () => {},
  reply: (response, cancelled) => {
    const { sessionId } = postReply;
    if (!cancelled && sessionId !== null) {
      manager.callEnded(
        sessionId,
        { method, name: activity.shownName(name), ok: isOk(response) },
        clock.ageOf(startedAt),
      );
    }
    const bytes_out = postReply.reply(response);
    begun.end(cancelled ? { outcome: 'cancelled' } : { ...endingOf(response), bytes_out });
  },
  related: (message) => {
    begun.answering();
    postReply.related(message);
  },
  leave: () => postReply.leave(),
});

/** Continues a stored stream in which these requests are still unanswered. */
function restorePostReply(
  { services, outbox, postReplies }: FrontContext,
  { stream_id, session_id, transport_id, request_ids }: Omit<UnfinishedStream, 'calls' | 'created_at'>,
): PostReply {
  return PostReply.restore({
    services,
    outbox,
    open: postReplies,
    sessionId: session_id,
    streamId: stream_id,
    transportId: transport_id ?? '',
    requestIds: request_ids,
  });
}

/**
 * Answers requests that nobody is working on and that have no reply because a write failed. Each gets an error.
 * @param listen - called first, with the reply through which the errors are sent
 */
export function settleLost(
  context: FrontContext,
  sessionId: string,
  streamId: string,
  requestIds: readonly RequestId[],
  listen: (postReply: PostReply) => void,
): void {
  const lost = unanswered(requestIds, messagesOf(context.services, sessionId, streamId));
  if (lost.length === 0) return;
  const stream = { stream_id: streamId, session_id: sessionId, transport_id: null, request_ids: lost };
  const postReply = restorePostReply(context, stream);
  listen(postReply);
  for (const id of lost) postReply.reply(rpcError(id, RPC.serverError, INTERRUPTED));
}

const messagesOf = ({ store }: Services, sessionId: string, streamId: string): JsonRpcMessage[] =>
  store.streams.after(sessionId, streamId, 0).map(({ message }) => JSON.parse(message));

function unanswered(requestIds: readonly RequestId[], messages: readonly JsonRpcMessage[]): RequestId[] {
  const answered = new Set<RequestId | null>(messages.filter(isResponse).map(({ id }) => id));
  return requestIds.filter((id) => !answered.has(id));
}
