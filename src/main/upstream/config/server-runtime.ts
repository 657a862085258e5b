import type { Server, ServerInstance, ServerTest } from '../../../shared/contract/server';
import type { ServerConfig } from '../upstream-ports';

/** What the supervisor of servers knows of one. */
export interface ServerRunState
  extends Pick<
    Server,
    | 'sessions_using'
    | 'restarts'
    | 'attempt'
    | 'last_error'
    | 'last_error_at'
    | 'next_try_at'
    | 'stderr_tail'
    | 'server_info'
    | 'protocol_version'
  > {
  readonly state: ServerInstance['state'];
  readonly instances: ServerInstance[];
}

/** The supervisor of servers as the administration of servers needs it. */
export interface ServerRuntime {
  /** How these servers are, their memory and error output included; one that was never met is left out. Within 1 s. */
  states(names: readonly string[]): Promise<ReadonlyMap<string, ServerRunState>>;
  readonly keeper: { readonly pid: number; readonly started_at: number; readonly children: number } | null;
  /** Starts it once, apart from all sessions, asks what it offers and ends it. Within 30 s; a failure is in the answer. */
  test(config: ServerConfig): Promise<ServerTest>;
  /** Tries again now, whatever backoff or circuit breaker say. */
  retry(name: string): Promise<void>;
  /** Newest lines of the standard error output of its instances, oldest first, at most 500. */
  stderr(name: string): Promise<string[]>;
}
