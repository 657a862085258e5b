import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { HttpConnection } from '../http/http-connection';
import type { HttpResume } from '../http/http-ports';
import type { KeeperLink, KeptChild } from '../keeper/keeper-ports';
import type { ServerConnection } from '../server-connection';
import type { InstanceRecord, ServerConfig } from '../upstream-ports';
import { StdioConnection } from './stdio-connection';

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
  if (target.kind === 'http') return new HttpConnection(target, resumeOf(record), deps);
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
  return resume && new HttpConnection(target, resume, deps);
}
