import type { JsonRpcMessage, RequestId } from '../mcp/json-rpc';
import type { KeptChild } from './keeper/keeper-ports';
import type { OutputLine } from './past-output';

/** What is needed to resume a session over HTTP. */
export interface SessionPosition {
  /** The `Mcp-Session-Id` from the server; null when it sent none. */
  readonly sessionId: string | null;
  /** How far its streams were read, as opaque text; null when none can be resumed. */
  readonly position: string | null;
}

export interface ConnectionEnd {
  /** For a person, after the server's name: `ended with code 1`, `was killed by SIGKILL`, `answered 404`. */
  readonly sentence: string;
  readonly code: number | null;
  readonly signal: string | null;
  /** The keeper died and took the process with it. */
  readonly keeperLost: boolean;
  /** HTTP only: the server no longer knows the session. A connection without `resume` gets a new one. */
  readonly sessionGone?: boolean;
  /** Requests that the server certainly did not start on; they are safe to send again. */
  readonly notTaken?: readonly RequestId[];
}

/**
 * One JSON-RPC connection to a server, below initialization: a process's pipes, a Streamable HTTP session, or a stream of
 * the older HTTP+SSE. It never sends anything twice. Set its handlers in the same turn of the event loop in which it was created.
 */
export interface ServerConnection {
  /** Its process, which the keeper owns; null over HTTP. */
  readonly child: KeptChild | null;
  /** Its session at the server; null over stdio, and over HTTP+SSE, where none can be resumed. */
  readonly session: SessionPosition | null;
  /** Whether it continues a session that is already initialized. */
  readonly isResumed: boolean;
  /** Called for each message. Once it returns, the message counts as delivered and is not repeated after a restart. */
  onmessage: (message: JsonRpcMessage, relatedTo: RequestId | null) => void;
  /** Called after {@link session} changes. */
  onstate: () => void;
  /** Called when a call waits for somebody to log in, and when it does no longer. The server has not got it meanwhile. */
  onheld?: (call: RequestId, isHeld: boolean) => void;
  /** Called once, if the connection ends on its own. */
  onclose: (why: ConnectionEnd) => void;
  /** Call once, after setting the handlers. An adopted connection then delivers its messages, oldest first. */
  listen(): void;
  /** Sends a message. Does not throw; a lost connection is reported through `onclose`. */
  send(message: JsonRpcMessage): void;
  /**
   * Call when the machine has woken. Network connections opened before are not trusted: the peer may have gone without a
   * sign. They are replaced, and what can go on goes on, at once.
   */
  wake(): void;
  /** Whether a call made before a restart of Holdfast may still be answered. */
  mayAnswer(id: RequestId): boolean;
  /** The newest lines of its standard error output, followed by our own remarks; empty over HTTP. */
  stderr(): Promise<string[]>;
  /** The newest lines of its standard error output, with the time at which each came; empty over HTTP. */
  output(): Promise<readonly OutputLine[]>;
  /** Ends its process group or its session at the server, within 5 s. `onclose` is not called. */
  close(): Promise<void>;
  /** Detaches, leaving its process or session running for the next Holdfast. */
  release(): void;
}
