import type { Network } from '../../http-client/network';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { HttpConnection } from '../http/http-connection';
import type { HttpDeps, HttpResume } from '../http/http-ports';
import type { KeeperLink, KeptChild } from '../keeper/keeper-ports';
import type { Login } from '../login/login';
import type { Waking } from '../restarts/waking';
import type { ServerConnection } from '../server-connection';
import { SseConnection } from '../sse/sse-connection';
import type { InstanceRecord, ServerConfig } from '../upstream-ports';
import { StdioConnection } from './stdio-connection';

export interface ConnectionDeps {
  readonly keeper: KeeperLink;
  readonly timers: Timers;
  readonly random: Random;
  /** The login of a server; null if it has none. */
  readonly loginOf: (config: ServerConfig) => Login | null;
  readonly waking: Waking;
  readonly network: Network;
}

/**
 * Connects to a server: starts its process, or resumes its HTTP session if there is one. Rejects with a sentence for a
 * person, without secrets.
 */
export async function connectTo(
  config: ServerConfig,
  record: InstanceRecord,
  deps: ConnectionDeps,
): Promise<ServerConnection> {
  const { target } = config;
  if (target.kind === 'http' && target.sse) return new SseConnection(target, withLogin(config, deps));
  if (target.kind === 'http') return new HttpConnection(target, resumeOf(record), withLogin(config, deps));
  // The id must differ from the previous process's, which may still be ending.
  return StdioConnection.start(deps.keeper, `${record.instance_id}.${randomText(deps.random, 3)}`, target);
}

/** The earlier HTTP session, if there was one. A server that gave no session id is initialized again. */
const resumeOf = (record: InstanceRecord): HttpResume | null =>
  record.upstream_session_id === null || record.initialize_result === null
    ? null
    : {
        sessionId: record.upstream_session_id,
        protocolVersion: record.initialize_result.protocolVersion,
        position: record.upstream_last_event_id,
      };

/**
 * Reconnects to what outlived a restart of Holdfast: a process that the keeper still owns, or an HTTP session. Null if
 * there is neither.
 */
export function resumeConnection(
  config: ServerConfig,
  record: InstanceRecord,
  child: KeptChild | null,
  deps: ConnectionDeps,
): ServerConnection | null {
  const { target } = config;
  if (target.kind === 'stdio') return child && StdioConnection.adopt(deps.keeper, child);
  // The stream was the session, and it ended with the earlier Holdfast.
  if (target.sse) return null;
  const resume = resumeOf(record);
  return resume && new HttpConnection(target, resume, withLogin(config, deps));
}

const withLogin = (config: ServerConfig, { timers, random, network, waking, loginOf }: ConnectionDeps): HttpDeps => ({
  timers,
  random,
  network,
  waking,
  login: loginOf(config),
});
