import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import type { StoredStream } from '../../mcp/stored-streams';
import type { BoundTransport } from '../../sessions/session-ports';
import { sendFailure } from './failures';
import type { FrontContext } from './front-context';
import { accepts, EVENT_STREAM, Refused } from './http';
import { reconnectServers } from './reconnect-servers';
import { settleLost } from './restore';
import { type EventStream, eventId, type Priming, parseEventId, primingFor } from './streams/sse-stream';
import { isDecided, serverOf, transportOf } from './transport-access';

interface Position {
  readonly sessionId: string;
  readonly streamId: string;
  readonly index: number;
  /** Null for a standalone stream without any messages yet. */
  readonly stored: StoredStream | null;
}

/**
 * Serves one GET: a standalone stream for messages that the server sends on its own, or, with `Last-Event-ID`, the rest
 * of a stream of either kind that the client lost (MCP 2025-11-25, transports, resumability and redelivery).
 */
export async function serveGet(
  context: FrontContext,
  req: IncomingMessage,
  res: ServerResponse,
  client: Client,
): Promise<void> {
  try {
    if (!accepts(req, EVENT_STREAM)) throw new Refused(406, 'Accept must allow text/event-stream.');
    // What is replayed is read from the store.
    context.outbox.flush();
    const last = req.headers['last-event-id'];
    const left = last === undefined ? null : leftReplies(context, req, client, String(last));
    if (left) {
      finishReplies(context, context.streams.start(res, 'call'), left);
      return;
    }
    const record = transportOf(context.services, req, client);
    // Only sessions have stored streams, so the id must be wrong, and a wrong id must not create a session.
    if (last !== undefined && record.session_id === null) throw unknownEvent();
    if (record.session_id === null && !(await isDecided(context.services, record, req, res))) return;
    const { transport } = context.services.manager.enter(record.transport_id, false, client);
    const position = last === undefined ? null : positionOf(context, transport, String(last));
    if (position?.stored?.kind === 'post') resumeReplies(context, res, transport, position);
    else {
      openStandalone(context, res, transport, position);
      reconnectServers(context, transport, client);
    }
  } catch (error) {
    sendFailure(context.services, res, error);
  }
}

/**
 * What was answered to a client on a transport that has ended because its session went to another client. It is its own, and
 * says where the session went: many clients take a 404 here for nothing at all, and wait. Null for anything else.
 */
function leftReplies({ services }: FrontContext, req: IncomingMessage, client: Client, last: string): Position | null {
  const named = req.headers['mcp-session-id'];
  const id = parseEventId(last);
  if (id === null || typeof named !== 'string' || !services.manager.wentTo(named, client.client_id)) return null;
  const record = services.store.transports.get(named);
  if (!record?.session_id || record.server !== serverOf(req)) return null;
  const stored = services.store.streams.get(record.session_id, id.streamId);
  if (stored?.kind !== 'post' || stored.transport_id !== named || id.index > stored.last_index) return null;
  return { sessionId: record.session_id, ...id, stored };
}

/** @throws Refused when the id does not name a message of this session */
function positionOf({ services }: FrontContext, { session_id, client_id }: BoundTransport, last: string): Position {
  const id = parseEventId(last);
  const stored = id && services.store.streams.get(session_id, id.streamId);
  // What was answered to a client before it lost the session is for nobody else.
  const asked = stored?.transport_id ? services.store.transports.get(stored.transport_id) : null;
  if (asked && asked.client_id !== client_id) throw unknownEvent();
  // Index 0 is the start of a standalone stream, which is not stored until its first message.
  if (!id || (stored ? id.index > stored.last_index : id.index > 0)) throw unknownEvent();
  return { sessionId: session_id, ...id, stored };
}

const unknownEvent = () =>
  new Refused(400, 'This Last-Event-ID is not known in this session. Open a stream without it.');

function openStandalone(
  context: FrontContext,
  res: ServerResponse,
  { transport_id, session_id, protocol_version }: BoundTransport,
  position: Position | null,
): void {
  const closed = context.services.manager.streamOpened(transport_id);
  res.once('close', closed);
  const stream = context.streams.start(res, 'news');
  const priming = primingFor(protocol_version);
  const isStored = position !== null && position.stored !== null;
  // A stream without messages is not stored, so an id not stored anywhere is accepted. Another session's was made up.
  const isKnown = position !== null && (isStored || !context.services.store.streams.has(position.streamId));
  if (isKnown) replay(context, stream, position, priming);
  const continued = isKnown ? { streamId: position.streamId, isStored } : null;
  context.push.open(session_id, transport_id, stream, continued, priming);
}

function resumeReplies(
  context: FrontContext,
  res: ServerResponse,
  { transport_id, protocol_version }: BoundTransport,
  position: Position,
): void {
  const stream = context.streams.start(res, 'call');
  const { streamId, index, stored } = position;
  const isOver = stored?.done === true && index === stored.last_index;
  replay(context, stream, position, isOver ? null : primingFor(protocol_version));
  const running = [...context.postReplies].find((postReply) => postReply.streamId === streamId);
  if (running) {
    // Counts as a request in flight: the client is waiting for its answer, only on another connection.
    res.once('close', context.services.manager.requestStarted(transport_id).left);
    running.resume(stream);
    return;
  }
  settle(context, stream, position);
}

/** Sends the rest of the replies, which nobody works on any more. */
function finishReplies(context: FrontContext, stream: EventStream, position: Position): void {
  replay(context, stream, position, null);
  settle(context, stream, position);
}

function settle(context: FrontContext, stream: EventStream, { sessionId, streamId, stored }: Position): void {
  if (stored && !stored.done) {
    settleLost(context, sessionId, streamId, stored.request_ids, (postReply) => postReply.resume(stream));
  }
  stream.onDelivered(() => context.services.store.streams.delivered(streamId));
  stream.end();
}

/** @param priming - null when nothing will follow, so the client has no need to come back */
function replay({ services }: FrontContext, stream: EventStream, position: Position, priming: Priming | null): void {
  const { sessionId, streamId, index } = position;
  // Clients remember the last id that arrived on a connection. Without this event, one that is cut before its first
  // message would lose the client's position.
  if (priming !== null) stream.prime(eventId(streamId, index), priming);
  for (const stored of services.store.streams.after(sessionId, streamId, index)) {
    stream.replay(eventId(streamId, stored.index), stored.message);
  }
}
