import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../../../shared/contract/client';
import { type RequestId, RPC, rpcError } from '../../mcp/json-rpc';
import type { StoredStream } from '../../store/stream-store';
import { type EventStream, eventId, parseEventId } from './event-stream';
import { sendFailure } from './failures';
import { accepts, EVENT_STREAM, Refused } from './http';
import type { Parts } from './parts';
import { transportOf } from './transport-access';

interface Position {
  readonly sessionId: string;
  readonly streamId: string;
  readonly index: number;
  readonly stored: StoredStream;
}

/**
 * Serves one GET: the standalone stream for what the server sends by itself, or, with `Last-Event-ID`, the rest of the
 * stream that the client lost, of whichever kind (MCP 2025-11-25, transports, resumability and redelivery).
 */
export function serveGet(parts: Parts, req: IncomingMessage, res: ServerResponse, client: Client): void {
  try {
    if (!accepts(req, EVENT_STREAM)) throw new Refused(406, 'Accept must allow text/event-stream.');
    const { session_id, transport_id } = transportOf(parts.services, req, client);
    const last = req.headers['last-event-id'];
    // Only sessions store anything: a transport without one is not given one for a wrong id.
    if (last !== undefined && session_id === null) throw unknownEvent();
    const session = parts.services.manager.enter(transport_id, false, client);
    const position = last === undefined ? null : positionOf(parts, session.session_id, String(last));
    if (position?.stored.kind === 'post') resumeReplies(parts, res, position);
    else openStandalone(parts, res, session.session_id, transport_id, position);
  } catch (error) {
    sendFailure(parts.services, res, error);
  }
}

/** @throws Refused when the id names no message of this session */
function positionOf({ services }: Parts, sessionId: string, last: string): Position {
  const id = parseEventId(last);
  const stored = id && services.store.streams.get(sessionId, id.streamId);
  if (!id || !stored || id.index < 1 || id.index > stored.last_index) throw unknownEvent();
  return { sessionId, ...id, stored };
}

const unknownEvent = () =>
  new Refused(400, 'This Last-Event-ID is not known in this session. Open a stream without it.');

function openStandalone(
  parts: Parts,
  res: ServerResponse,
  sessionId: string,
  transportId: string,
  position: Position | null,
): void {
  const closed = parts.services.manager.streamOpened(transportId);
  res.once('close', closed);
  const stream = parts.streams.start(res);
  if (position) replay(parts, stream, position);
  parts.push.open(sessionId, transportId, stream, position?.streamId ?? null);
}

function resumeReplies(parts: Parts, res: ServerResponse, position: Position): void {
  const stream = parts.streams.start(res);
  replay(parts, stream, position);
  const running = [...parts.exchanges].find(({ streamId }) => streamId === position.streamId);
  if (running) {
    running.resume(stream);
    return;
  }
  if (!position.stored.done) settleLost(parts, stream, position);
  stream.end();
}

function replay({ services }: Parts, stream: EventStream, { sessionId, streamId, index }: Position): void {
  for (const stored of services.store.streams.after(sessionId, streamId, index)) {
    stream.replay(eventId(streamId, stored.index), stored.message);
  }
}

/** Nobody works on these requests any more and they have no reply: each gets an error in its place, for good. */
function settleLost({ services }: Parts, stream: EventStream, { sessionId, streamId, stored }: Position): void {
  const { store, clock, log } = services;
  const answered = new Set<RequestId | null>(
    store.streams.after(sessionId, streamId, 0).map(({ message }) => answeredBy(message)),
  );
  const lost = stored.request_ids.filter((id) => !answered.has(id));
  const errors = lost.map((id) => JSON.stringify(rpcError(id, RPC.serverError, LOST)));
  let indexes: number[] = [];
  try {
    indexes = store.transaction(() => {
      const appended = errors.map((text) => store.streams.append(streamId, text, clock.now()));
      store.streams.done(streamId);
      return appended;
    });
  } catch (error) {
    log.warn({ err: error }, 'interrupted calls were answered without that being stored');
  }
  for (const [at, text] of errors.entries()) {
    const index = indexes[at];
    stream.send(index === undefined ? null : eventId(streamId, index), text);
  }
}

const LOST = 'The call was interrupted by a restart of Holdfast; its outcome is unknown.';

function answeredBy(text: string): RequestId | null {
  const message = JSON.parse(text) as { id?: RequestId; method?: string };
  return message.method === undefined ? (message.id ?? null) : null;
}
