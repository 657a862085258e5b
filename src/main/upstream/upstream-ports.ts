import type { Ms } from '../../shared/model/units';
import type { InitializeResult } from '../mcp/server-channel';

/** One configured server, checked. Values of `env` and `headers` are secrets: they go to the server and nowhere else. */
export interface ServerConfig {
  readonly name: string;
  readonly policy: 'per-session' | 'shared' | 'lazy';
  readonly enabled: boolean;
  readonly idleStop: Ms;
  readonly target: StdioTarget | HttpTarget;
  /** SHA-256, hex, of everything that makes its process or connection what it is. */
  readonly fingerprint: string;
  /** Its command was confirmed by a person. Always true over HTTP. */
  readonly trusted: boolean;
}

export interface StdioTarget {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** Null for the home folder of the user. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
}

export interface HttpTarget {
  readonly kind: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The configuration as the supervisor of servers needs it. Made by `config/`. */
export interface ServerConfigs {
  /** Entries that can be used, in the order of the file. Broken ones are left out. */
  list(): readonly ServerConfig[];
  /** Told after each change, whoever made it. The returned function ends that. */
  onChange(listener: () => void): () => void;
}

/** What a client set on a server, which the server would forget with its process. */
export interface ClientSettings {
  /** Of `logging/setLevel`; null when it was not set. */
  readonly logLevel: string | null;
  /** URIs of `resources/subscribe`. */
  readonly subscriptions: readonly string[];
}

/** What is kept of an instance, so that the next Holdfast finds it again, or makes a new one that knows as much. */
export interface InstanceRecord {
  readonly instance_id: string;
  readonly server: string;
  /** Id of the session that it serves alone, be it made or only reserved yet; null when it serves all. */
  readonly session_key: string | null;
  readonly fingerprint: string;
  /** Its process as the keeper calls it. Null over HTTP, and while no process runs, like what follows. */
  readonly child_id: string | null;
  readonly pid: number | null;
  /** When the process was started, as the system tells it: a pid alone may mean another process by now. */
  readonly pid_started: string | null;
  readonly initialize_params: unknown;
  /** Null until this very process is initialized and has been told everything that the one before it knew. */
  readonly initialize_result: InitializeResult | null;
  /** What each session set on it, by session key, to be told to its successor. */
  readonly client_settings: Readonly<Record<string, ClientSettings>>;
  readonly upstream_session_id: string | null;
  readonly upstream_last_event_id: string | null;
  readonly started_at: Ms;
  readonly restarts: number;
}

/** The table of instances. Every call is one transaction. */
export interface InstanceRepository {
  all(): InstanceRecord[];
  save(record: InstanceRecord): void;
  remove(instanceId: string): void;
}
