import type { JsonRpcMessage, RequestId } from '../mcp/json-rpc';
import type { KeptChild } from './keeper/keeper-ports';

/** Where a session over HTTP stands at the server, to go on with it later. */
export interface SessionPosition {
  /** `Mcp-Session-Id` that the server gave; null when it gave none. */
  readonly sessionId: string | null;
  /** Where its streams stand: opaque text; null when nothing can be resumed. */
  readonly position: string | null;
}

export interface ConnectionEnd {
  /** For a person: `ended with code 1`, `was killed by SIGKILL`, `answered 404`. */
  readonly sentence: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** The keeper is gone, and the process with it. */
  readonly keeperLost: boolean;
  /** HTTP: the server does not know the session any more; a connection without `resume` gets a new one. */
  readonly sessionGone?: boolean;
  /** Requests that the server surely did not begin, so that they may be sent again. */
  readonly notTaken?: readonly RequestId[];
}

/**
 * One JSON-RPC connection to a server, below initialization: a process's pipes, or a Streamable HTTP session. Nothing is
 * sent twice by it. Its handlers are set in the turn in which it was made.
 */
export interface ServerConnection {
  /** The process behind it, which the keeper owns; null over HTTP. */
  readonly child: KeptChild | null;
  /** The session behind it; null over stdio. */
  readonly session: SessionPosition | null;
  /** It goes on with a session that is initialized already. */
  readonly isResumed: boolean;
  /** Called for each message. When it returns, the message counts as delivered and is not delivered again after a restart. */
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void;
  /** Called when {@link session} changed. */
  onstate: () => void;
  /** Called once, when it ended by itself. */
  onclose: (why: ConnectionEnd) => void;
  /** Call it once, when the handlers are set: from now on what one that was taken over says comes, first what waited. */
  listen(): void;
  /** Hands a message over. Does not throw: a connection that is lost says so by `onclose`. */
  send(message: JsonRpcMessage): void;
  /** Whether a call that was sent before a restart of Holdfast may still be answered. */
  mayAnswer(id: RequestId): boolean;
  /** Newest lines of its standard error output, with remarks of ours; none over HTTP. */
  stderr(): Promise<string[]>;
  /** Ends what is behind it, its process group or its session, within 5 s. `onclose` is not called. */
  close(): Promise<void>;
  /** Lets go of it. What is behind it lives on, for the next Holdfast. */
  release(): void;
}
