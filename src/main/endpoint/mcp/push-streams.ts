import type { JsonRpcMessage } from '../../mcp/json-rpc';
import type { Services } from '../../services';
import { type EventStream, eventId } from './event-stream';
import { newStreamId } from './exchange';

/** So many messages wait for a session's next stream; later ones are dropped. */
const MAX_WAITING = 1_000;

interface PushStream {
  readonly stream: EventStream;
  readonly transportId: string;
  sessionId: string;
  /** Null until the first message: a stream that never says anything is never stored. */
  streamId: string | null;
}

interface Session {
  /** Newest last. */
  readonly open: PushStream[];
  /** Stored messages that went out on no stream yet. */
  waiting: { streamId: string; count: number } | null;
}

/**
 * The standalone streams (GET) of all sessions: what a server sends by itself, related to no request. A message goes to
 * the newest open stream of its session and to no other (MCP 2025-11-25, transports, multiple connections). While none is
 * open it is stored, and the next one that opens begins with it.
 */
export class PushStreams {
  private readonly services: Services;
  private readonly sessions = new Map<string, Session>();

  constructor(services: Services) {
    this.services = services;
  }

  /**
   * Opens a stream.
   * @param streamId - the stored stream that it continues, when the client came back to one
   */
  open(sessionId: string, transportId: string, stream: EventStream, streamId: string | null): void {
    const session = this.of(sessionId);
    const before = streamId === null ? undefined : session.open.find((other) => other.streamId === streamId);
    const opened = { stream, transportId, sessionId, streamId };
    session.open.push(opened);
    stream.onClose(() => this.remove(opened));
    // The client has left that connection, even if nobody told us.
    before?.stream.end();
    this.sendWaiting(session, opened);
  }

  /** Stores a message and sends it on the session's newest stream. */
  push(sessionId: string, message: JsonRpcMessage): void {
    const session = this.of(sessionId);
    const text = JSON.stringify(message);
    const target = session.open.findLast(({ stream }) => stream.isOpen);
    if (target) target.stream.send(this.store(target, text), text);
    else this.keep(sessionId, session, text);
  }

  /** The transport serves another session now: its open streams go on as that session's, with what is stored for them. */
  move(transportId: string, from: string, to: string): void {
    const leaving = this.sessions.get(from)?.open.filter((stream) => stream.transportId === transportId) ?? [];
    for (const moved of leaving) {
      const { streamId } = moved;
      if (streamId !== null) this.attempt(() => this.services.store.streams.move(streamId, to));
      this.remove(moved);
      moved.sessionId = to;
      const session = this.of(to);
      session.open.push(moved);
      this.sendWaiting(session, moved);
    }
  }

  /** Ends the open streams of a transport. */
  cut(transportId: string): void {
    for (const { open } of this.sessions.values()) {
      for (const { stream } of open.filter((other) => other.transportId === transportId)) stream.end();
    }
  }

  /** The session is over: what waits for it is of no use. */
  forget(sessionId: string): void {
    const session = this.sessions.get(sessionId);
    if (!session) return;
    session.waiting = null;
    if (session.open.length === 0) this.sessions.delete(sessionId);
  }

  private of(sessionId: string): Session {
    const known = this.sessions.get(sessionId);
    if (known) return known;
    const made: Session = { open: [], waiting: null };
    this.sessions.set(sessionId, made);
    return made;
  }

  private keep(sessionId: string, session: Session, text: string): void {
    this.attempt(() => {
      session.waiting ??= { streamId: this.create(sessionId), count: 0 };
      if (session.waiting.count >= MAX_WAITING) return;
      this.append(session.waiting.streamId, text);
      session.waiting.count += 1;
    });
  }

  private sendWaiting(session: Session, to: PushStream): void {
    const { waiting } = session;
    if (!waiting) return;
    session.waiting = null;
    const messages = this.services.store.streams.after(to.sessionId, waiting.streamId, 0);
    if (to.streamId === null) {
      to.streamId = waiting.streamId;
      for (const { index, message } of messages) to.stream.replay(eventId(to.streamId, index), message);
    } else {
      // The client knows this stream by its id and will ask for what follows it there.
      for (const { message } of messages) to.stream.replay(this.store(to, message), message);
    }
  }

  /** Stores a message of a stream; its event id, or null when it could not be stored. */
  private store(to: PushStream, text: string): string | null {
    return this.attempt(() => {
      to.streamId ??= this.create(to.sessionId);
      return eventId(to.streamId, this.append(to.streamId, text));
    });
  }

  private create(session_id: string): string {
    const { store, clock, random } = this.services;
    const stream_id = newStreamId(random);
    store.streams.open({ stream_id, session_id, kind: 'get', request_ids: [], created_at: clock.now() });
    return stream_id;
  }

  private append(streamId: string, text: string): number {
    return this.services.store.streams.append(streamId, text, this.services.clock.now());
  }

  private attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.services.log.warn({ err: error }, 'a message for a stream could not be stored');
      return null;
    }
  }

  private remove(stream: PushStream): void {
    const session = this.sessions.get(stream.sessionId);
    const at = session?.open.indexOf(stream) ?? -1;
    if (!session || at < 0) return;
    session.open.splice(at, 1);
    if (session.open.length === 0 && session.waiting === null) this.sessions.delete(stream.sessionId);
  }
}
