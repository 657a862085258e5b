import type { RequestId } from '../../mcp/json-rpc';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { connectHttp } from '../http/http-connection';
import type { HttpResume } from '../http/http-ports';
import type { KeeperLink, KeptChild } from '../keeper/keeper-ports';
import type { InstanceRecord, ServerConfig, UpstreamConnection } from '../upstream-ports';
import { StdioConnection } from './stdio-connection';

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

export interface ConnectionDeps {
  readonly keeper: KeeperLink;
  readonly timers: Timers;
  readonly random: Random;
}

/**
 * Connects to a server: starts its process, or takes its session over HTTP up where it stood. Rejects with a sentence for a
 * person, which holds no secret.
 */
export async function connectTo(
  { target }: ServerConfig,
  record: InstanceRecord,
  deps: ConnectionDeps,
): Promise<ServerConnection> {
  if (target.kind === 'http') return connectHttp(target, resumeOf(record), deps);
  // Unlike that of the process before, which may still be ending.
  return StdioConnection.start(deps.keeper, `${record.instance_id}.${randomText(deps.random, 3)}`, target);
}

/** The session of before, if there was one; a server that gave none is initialized anew. */
const resumeOf = (record: InstanceRecord): HttpResume | null =>
  record.upstream_session_id === null || record.initialize_result === null
    ? null
    : {
        sessionId: record.upstream_session_id,
        protocolVersion: record.initialize_result.protocolVersion,
        position: record.upstream_last_event_id,
      };

/**
 * Goes on with what ran before Holdfast was started: a process that the keeper still owns, or a session over HTTP. Null when
 * there is nothing to go on with.
 */
export function resumeConnection(
  { target }: ServerConfig,
  record: InstanceRecord,
  child: KeptChild | null,
  deps: ConnectionDeps,
): ServerConnection | null {
  if (target.kind === 'stdio') return child && StdioConnection.adopt(deps.keeper, child);
  const resume = resumeOf(record);
  return resume && connectHttp(target, resume, deps);
}
