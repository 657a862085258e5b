import type { JsonRpcMessage } from '../../../mcp/json-rpc';
import { textOf } from '../../../mcp/message-text';
import type { Services } from '../../../services';
import type { Outbox } from './outbox';
import { newStreamId } from './post-reply';
import { type EventStream, eventId, type Priming } from './sse-stream';

/** How many messages are kept for a session's next stream. Later ones are dropped. */
const MAX_WAITING = 1_000;

interface StandaloneStream {
  readonly stream: EventStream;
  readonly transportId: string;
  sessionId: string;
  readonly streamId: string;
  /** False until the first message: a stream without messages is never stored. */
  isStored: boolean;
}

/** The stream that a reconnecting client names. */
export interface Continued {
  readonly streamId: string;
  /** Whether it has stored messages; those that the client missed were replayed. If not, no other stream has its id. */
  readonly isStored: boolean;
}

interface Session {
  /** Newest last. */
  readonly open: StandaloneStream[];
  /** The stream that stores messages while none is open; null before the first message. */
  waiting: { readonly streamId: string; count: number } | null;
  /** Messages are waiting although a stream is open, because handing them over failed. */
  owes: boolean;
}

/**
 * The standalone streams (GET) of all sessions. They carry what servers send on their own, related to no request. A
 * message goes only to the newest open stream of its session (MCP 2025-11-25, transports, multiple connections). While
 * none is open, messages are stored, and the next stream begins with them, even after a restart.
 */
export class StandaloneStreams {
  private readonly services: Services;
  private readonly outbox: Outbox;
  private readonly sessions = new Map<string, Session>();

  constructor(services: Services, outbox: Outbox) {
    this.services = services;
    this.outbox = outbox;
  }

  /**
   * Adds an opened stream and sends it the messages that are waiting.
   * @param continued - the stream that the client resumes; null for a new one
   * @param priming - how it begins: with an event whose id lets the client resume a stream that has no messages yet
   */
  open(
    sessionId: string,
    transportId: string,
    stream: EventStream,
    continued: Continued | null,
    priming: Priming,
  ): void {
    this.outbox.flush();
    const session = this.of(sessionId);
    const before = session.open.find(({ streamId }) => streamId === continued?.streamId);
    // Keep the id that the client knows, even if nothing was sent under it: the next message may be lost on the way
    // too, and then this id is all the client can resume with.
    const streamId = continued?.streamId ?? newStreamId(this.services.random);
    const isStored = continued?.isStored === true;
    const opened: StandaloneStream = { stream, transportId, sessionId, streamId, isStored };
    if (continued === null) stream.prime(eventId(streamId, 0), priming);
    if (isStored) this.attempt(() => this.services.store.streams.sent(streamId));
    session.open.push(opened);
    stream.onClose(() => this.remove(opened));
    // The client has left the old connection, even if we have not noticed.
    before?.stream.end();
    this.sendWaiting(session, opened);
  }

  /** Stores a message and sends it on the session's newest stream, before the current turn of the event loop ends. */
  push(sessionId: string, message: JsonRpcMessage): void {
    const text = textOf(message);
    let target: StandaloneStream | undefined;
    let isFirst = false;
    this.outbox.add({
      store: () => {
        const session = this.of(sessionId);
        target = session.open.findLast(({ stream }) => stream.isOpen);
        if (!target) {
          this.keep(sessionId, session, text);
          return null;
        }
        isFirst = !target.isStored;
        const id = this.append(target, text);
        target.isStored = true;
        return id;
      },
      undo: () => {
        if (target && isFirst) target.isStored = false;
        // How much waits is read again from the store.
        const session = this.sessions.get(sessionId);
        if (session) session.waiting = null;
      },
      send: (id) => {
        if (!target) return;
        const session = this.of(sessionId);
        if (session.owes) this.sendWaiting(session, target);
        target.stream.send(id, text);
      },
    });
  }

  /** Moves a transport's open streams, with what is stored for them, to the session that it now serves. */
  move(transportId: string, from: string, to: string): void {
    this.outbox.flush();
    const leaving = this.sessions.get(from)?.open.filter((stream) => stream.transportId === transportId) ?? [];
    for (const moved of leaving) {
      const { streamId, isStored } = moved;
      if (isStored) this.attempt(() => this.services.store.streams.move(streamId, to));
      this.remove(moved);
      moved.sessionId = to;
      const session = this.of(to);
      session.open.push(moved);
      this.sendWaiting(session, moved);
    }
  }

  /** Ends the open streams of a transport. */
  cut(transportId: string): void {
    this.outbox.flush();
    for (const { open } of this.sessions.values()) {
      for (const { stream } of open.filter((other) => other.transportId === transportId)) stream.end();
    }
  }

  /** Call this when another client has taken the session over: what waits was meant for the client before. */
  takenOver(sessionId: string): void {
    this.outbox.flush();
    const { streams } = this.services.store;
    this.attempt(() => {
      for (const streamId of new Set(streams.unsent(sessionId).map(({ stream_id }) => stream_id)))
        streams.sent(streamId);
    });
    const session = this.sessions.get(sessionId);
    if (session) session.waiting = null;
  }

  /** Call this when the session has ended: forgets the messages waiting for it. */
  forget(sessionId: string): void {
    this.outbox.flush();
    const session = this.sessions.get(sessionId);
    if (!session) return;
    session.waiting = null;
    if (session.open.length === 0) this.sessions.delete(sessionId);
  }

  private of(sessionId: string): Session {
    const known = this.sessions.get(sessionId);
    if (known) return known;
    const made: Session = { open: [], waiting: null, owes: false };
    this.sessions.set(sessionId, made);
    return made;
  }

  private keep(sessionId: string, session: Session, text: string): void {
    const { store, clock, random } = this.services;
    const left = session.waiting ? null : store.streams.waiting(sessionId);
    const waiting = session.waiting ?? { streamId: left?.stream_id ?? newStreamId(random), count: left?.count ?? 0 };
    if (waiting.count >= MAX_WAITING) return;
    if (waiting.count === 0) this.create(waiting.streamId, sessionId);
    store.streams.append(waiting.streamId, text, clock.now());
    waiting.count += 1;
    session.waiting = waiting;
  }

  /** Hands all waiting messages over to a stream. Once sent, they belong to that stream and no longer wait. */
  private sendWaiting(session: Session, to: StandaloneStream): void {
    const { store } = this.services;
    const handed = this.attempt(() => {
      const messages = store.streams.unsent(to.sessionId);
      if (messages.length === 0) return [];
      return store.transaction(() => {
        for (const streamId of new Set(messages.map(({ stream_id }) => stream_id))) store.streams.sent(streamId);
        let isStored = to.isStored;
        return messages.map(({ message }) => {
          const id = this.append({ ...to, isStored }, message);
          isStored = true;
          return { id, message };
        });
      });
    });
    session.owes = handed === null;
    if (handed === null) return;
    session.waiting = null;
    if (handed.length > 0) to.isStored = true;
    for (const { id, message } of handed) to.stream.replay(id, message);
  }

  /** Stores a message as sent on a stream. Returns its event id. */
  private append({ streamId, sessionId, isStored }: StandaloneStream, text: string): string {
    if (!isStored) this.create(streamId, sessionId);
    return eventId(streamId, this.services.store.streams.append(streamId, text, this.services.clock.now(), true));
  }

  private create(stream_id: string, session_id: string): void {
    const created_at = this.services.clock.now();
    this.services.store.streams.open({ stream_id, session_id, kind: 'get', request_ids: [], created_at });
  }

  private attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      this.services.log.warn({ err: error }, 'a message for a stream could not be stored');
      return null;
    }
  }

  private remove(stream: StandaloneStream): void {
    const session = this.sessions.get(stream.sessionId);
    const at = session?.open.indexOf(stream) ?? -1;
    if (!session || at < 0) return;
    session.open.splice(at, 1);
    if (session.open.length === 0 && session.waiting === null) this.sessions.delete(stream.sessionId);
  }
}
