import type { Server, ServerInstance, ServerTest } from '../../../shared/contract/server';
import type { ServerConfig } from '../upstream-ports';

/** What the supervisor knows about one server. */
export interface ServerRunState
  extends Pick<
    Server,
    | 'sessions_using'
    | 'running_calls'
    | 'restarts'
    | 'attempt'
    | 'last_error'
    | 'last_error_at'
    | 'next_try_at'
    | 'stderr_tail'
    | 'server_info'
    | 'protocol_version'
    | 'list_remarks'
    | 'tool_changes'
    | 'login'
  > {
  readonly state: ServerInstance['state'] | 'needs_login';
  readonly instances: ServerInstance[];
}

/** The supervisor, as server administration needs it. */
export interface ServerRuntime {
  /** State of these servers, with memory use and error output. Leaves out servers never seen. Answers within 1 s. */
  states(names: readonly string[]): Promise<ReadonlyMap<string, ServerRunState>>;
  readonly keeper: { readonly pid: number; readonly started_at: number; readonly children: number } | null;
  /** Starts the server outside all sessions, asks what it offers and stops it. Answers within 30 s, failures included. */
  test(config: ServerConfig): Promise<ServerTest>;
  /** Tries again now, regardless of backoff and circuit breaker. */
  retry(name: string): Promise<void>;
  /** Ends what runs of it and starts it anew, or tries again now what is down. */
  restart(name: string): Promise<void>;
  /**
   * Ends what runs of it, or only this instance of it; resolves when the processes are gone. What is used next starts it again.
   */
  stopServer(name: string, instanceId?: string): Promise<void>;
  /** Newest lines that its instances wrote to stderr, oldest first, at most 500. */
  stderr(name: string): Promise<string[]>;
}
