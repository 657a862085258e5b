import type { RequestId } from '../../mcp/json-rpc';
import type { Random, Timers } from '../../platform/ports';
import type { UpstreamConnection } from '../upstream-ports';

/** What a connection needs to go on with a session that the server keeps. Kept with the instance, given back at its next start. */
export interface HttpResume {
  /** `Mcp-Session-Id` that the server gave; null when it gave none. */
  readonly sessionId: string | null;
  /** The revision that was agreed on: each request names it. */
  readonly protocolVersion: string;
  /** Where its streams stood: opaque text of {@link HttpConnection.position}; null when nothing can be resumed. */
  readonly position: string | null;
}

/**
 * A connection to a server over Streamable HTTP (MCP 2025-03-26 to 2025-11-25, transports). Nothing is sent before the
 * first message, which is `initialize`, or before `listen`, which takes the push stream and the streams of open calls up
 * where they stood.
 *
 * A request that fails by itself is answered with a JSON-RPC error. The connection ends when the server is not reached for
 * 5 s, or does not know the session any more (`sessionGone`).
 */
export interface HttpConnection extends UpstreamConnection {
  readonly pid: null;
  readonly pidStarted: null;
  /** It was given a session to go on with, which needs no `initialize`. */
  readonly isResumed: boolean;
  readonly sessionId: string | null;
  /** Null until `initialize` was answered. */
  readonly protocolVersion: string | null;
  /** Where the streams stand, for {@link HttpResume}. */
  readonly position: string | null;
  /** What changes while it lives, of what {@link HttpResume} needs. */
  readonly upstream: { readonly sessionId: string | null; readonly position: string | null };
  /** Takes up what stood when its predecessor ended. To be called once, when its handlers are set. */
  listen(): void;
  /** Whether a call of before is taken up: then it is answered, if only by an error, within a bound. */
  mayAnswer(id: RequestId): boolean;
  /** Called after `sessionId` or `position` changed. */
  onstate: () => void;
  /** Ends the session at the server (DELETE), then the connection, within 5 s. */
  close(): Promise<void>;
  /** Lets go of it and leaves the session at the server, for the next start. */
  release(): void;
  /** There is none: always empty. */
  stderr(): Promise<string[]>;
}

export interface HttpDeps {
  readonly timers: Timers;
  readonly random: Random;
}
