import type { RequestId } from '../../mcp/json-rpc';
import type { UpstreamConnection } from '../upstream-ports';

/** Where a session over HTTP stands at the server, to go on with it later. */
interface UpstreamPosition {
  readonly sessionId: string | null;
  readonly position: string | null;
}

/** A connection as an instance needs it, whatever is below. Its handlers are set in the turn in which it was made. */
export interface ServerConnection extends UpstreamConnection {
  /** Its process as the keeper calls it; none over HTTP. */
  readonly childId?: string;
  readonly pidStarted: string | null;
  /** It goes on with a session that is initialized already. */
  readonly isResumed: boolean;
  /** Null over stdio. */
  readonly upstream: UpstreamPosition | null;
  /** Called when {@link upstream} changed. */
  onstate: () => void;
  /** Call it once, when the handlers are set: from now on what one that was taken over says comes, first what waited. */
  listen(): void;
  /** Whether a call that was sent before a restart of Holdfast may still be answered. */
  mayAnswer(id: RequestId): boolean;
  /** Lets go of it. What is behind it lives on, for the next Holdfast. */
  release(): void;
  /** Newest lines of its standard error output, with remarks of ours. */
  stderr(): Promise<string[]>;
}
