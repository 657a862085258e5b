import type { Login as LoginView } from '../../shared/contract/login';
import type { ServerInstance } from '../../shared/contract/server';
import { NO_LOGIN } from '../../shared/model/no-login';
import { isObject } from '../mcp/json-rpc';
import type { ServerRunState } from './config/server-runtime';
import type { Instance } from './instance/instance';
import type { Login } from './login/login';
import type { Restarts } from './restarts/restart-policy';

/** The part of a server's state that is known without asking its process or the keeper. */
export type ServerStatus = Omit<ServerRunState, 'stderr_tail' | 'instances'> & {
  readonly instances: readonly Omit<ServerInstance, 'rss_bytes' | 'cpu_percent'>[];
};

/** What a status is made of, besides what it says as it is. */
export interface StatusParts
  extends Pick<
    ServerStatus,
    'sessions_using' | 'restarts' | 'last_error' | 'last_error_at' | 'tool_changes' | 'list_remarks'
  > {
  readonly instances: readonly Instance[];
  readonly starts: Restarts;
  readonly login: Login | null;
}

/** The status of a server with these instances. */
export function serverStatus({ instances, starts, login, ...said }: StatusParts): ServerStatus {
  const introduction = instances.findLast((instance) => instance.said)?.said ?? null;
  const next = instances.flatMap(({ nextTryAt }) => (nextTryAt === null ? [] : [nextTryAt]));
  return {
    ...said,
    state: stateOf(instances, starts, login),
    instances: instances.map((instance) => statusOf(instance)),
    running_calls: instances.reduce((sum, instance) => sum + instance.runningCalls, 0),
    attempt: starts.attempt,
    next_try_at: next.length === 0 ? null : Math.min(...next),
    server_info: infoOf(introduction?.serverInfo),
    protocol_version: introduction?.protocolVersion ?? null,
    login: loginView(login, instances),
  };
}

function loginView(login: Login | null, instances: readonly Instance[]): LoginView {
  if (!login) return NO_LOGIN;
  return { ...login.view(), held_calls: instances.reduce((sum, instance) => sum + instance.heldCalls, 0) };
}

function stateOf(instances: readonly Instance[], starts: Restarts, login: Login | null): ServerStatus['state'] {
  if (login?.isNeeded) return 'needs_login';
  const states = new Set(instances.map(({ state }) => state));
  if (states.has('running')) return 'running';
  if (states.has('starting')) return 'starting';
  if (starts.isOpen || states.has('circuit_open')) return 'circuit_open';
  // A failed start means it is down, even if no instance is left that would be retried automatically.
  return states.has('waiting') || starts.attempt > 0 ? 'waiting' : 'stopped';
}

function statusOf({ record, sessionId, state }: Instance): ServerStatus['instances'][number] {
  const { instance_id, pid, started_at, restarts } = record;
  return {
    instance_id,
    session_id: sessionId,
    pid,
    state,
    started_at: state === 'running' ? started_at : null,
    restarts,
  };
}

function infoOf(info: unknown): ServerStatus['server_info'] {
  if (!isObject(info)) return null;
  return { name: String(info.name ?? ''), version: String(info.version ?? '') };
}
