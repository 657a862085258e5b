import type { LongCallRules } from '../../shared/model/long-call-rules';
import type { Ms } from '../../shared/model/units';
import type { JsonRpcRequest, RequestId } from '../mcp/json-rpc';
import type { InitializeResult } from '../mcp/server-channel';
import type { LoginSettings } from './login/login-settings';
import type { ToolText } from './tools/tool-text';

/** A valid configured server. Values of `env` and `headers` are secrets: they go to the server and nowhere else. */
export interface ServerConfig {
  readonly name: string;
  readonly policy: 'per-session' | 'shared' | 'lazy';
  readonly enabled: boolean;
  readonly idleStop: Ms;
  /** How long it may take from its start until it has answered `initialize`. */
  readonly startLimit: Ms;
  /** Whether the next tool result at the address of all servers says that a crash has lost the session's state. */
  readonly tellsLostState: boolean;
  /** Which calls become a handle when they last longer than their client waits. Missing for all as usual. */
  readonly longCalls?: LongCallRules;
  readonly target: StdioTarget | HttpTarget;
  /** SHA-256 in hex of everything that determines its process or connection. */
  readonly fingerprint: string;
  /** A person has confirmed its command. Always true over HTTP. */
  readonly trusted: boolean;
}

export interface StdioTarget {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  /** Null for the user's home folder. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
}

export interface HttpTarget {
  readonly kind: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** It speaks the older HTTP+SSE (MCP 2024-11-05, transports). */
  readonly sse?: boolean;
  /** Omitted when the entry says nothing about a login. */
  readonly login?: LoginSettings;
}

/** The configuration, as `Servers` reads it. Implemented in `config/`. */
export interface ServerConfigs {
  /** Valid entries in file order. Broken ones are left out. */
  list(): readonly ServerConfig[];
  /** Calls the listener after every change, whatever its source. Returns a function that unsubscribes. */
  onChange(listener: () => void): () => void;
}

/** What a client set on a server and the server would forget when its process ends. */
export interface ClientSettings {
  /** From `logging/setLevel`; null if never set. */
  readonly logLevel: string | null;
  /** URIs from `resources/subscribe`. */
  readonly subscriptions: readonly string[];
}

/** The stored state of an instance, from which the next Holdfast can adopt it or start one that knows as much. */
export interface InstanceRecord {
  readonly instance_id: string;
  readonly server: string;
  /** Id of the only session it serves, created or still reserved; null when it serves all. */
  readonly session_key: string | null;
  readonly fingerprint: string;
  /** The keeper's id for its process. Like `pid` and `pid_started`, null over HTTP and while no process runs. */
  readonly child_id: string | null;
  readonly pid: number | null;
  /** When the process started, as the operating system reports it. A pid alone may by now belong to another process. */
  readonly pid_started: string | null;
  readonly initialize_params: unknown;
  /** Null until the current process is initialized and has been told everything its predecessor knew. */
  readonly initialize_result: InitializeResult | null;
  /** What each session set on it, by session key, for replay to its successor. */
  readonly client_settings: Readonly<Record<string, ClientSettings>>;
  readonly upstream_session_id: string | null;
  readonly upstream_last_event_id: string | null;
  readonly started_at: Ms;
  readonly restarts: number;
}

/** Why a server did not start last. */
export interface ServerFailure {
  readonly server: string;
  /** Of what was started. A failure of another entry says nothing. */
  readonly fingerprint: string;
  /** For a person, without secrets. */
  readonly error: string;
  readonly failed_at: Ms;
}

/** The table of failed starts, one row a server. Every call is one transaction. */
export interface ServerFailureRepository {
  all(): ServerFailure[];
  save(failure: ServerFailure): void;
  remove(server: string): void;
}

/** What is remembered of one tool of a server. */
export interface KnownTool {
  readonly server: string;
  /** Empty for the server itself, whose version is kept in the same way. */
  readonly tool: string;
  /** What it said when it was first seen, or when a change of it was last accepted. */
  readonly accepted: ToolText;
  /** What it says now; null while that is the same. */
  readonly current: ToolText | null;
  /** When it was first called through Holdfast. */
  readonly used_at: Ms | null;
  readonly changed_at: Ms | null;
  /** When somebody looked at the change. */
  readonly looked_at: Ms | null;
  /** Digests of the texts that were told as a change, the newest ones. */
  readonly seen: readonly string[];
}

/** The table of known tools. Every call is one transaction. */
export interface KnownToolRepository {
  all(): KnownTool[];
  save(known: KnownTool): void;
  /** Replaces everything that is known of a server. */
  replace(server: string, tools: readonly KnownTool[]): void;
}

/** A call that waits for a login. */
export interface HeldCall {
  readonly call_id: number;
  readonly server: string;
  readonly held_at: Ms;
  /** The request as JSON text. */
  readonly request: string;
}

/** The table of calls that wait for a login. Every call is one transaction. */
export interface HeldCallRepository {
  all(): HeldCall[];
  save(call: HeldCall): void;
  remove(callId: number): void;
}

/** What a server asked one of two sessions that share it, for as long as it has no answer. */
export interface OpenQuestion {
  readonly instance_id: string;
  /** The server's id of its request. */
  readonly question_id: RequestId;
  /** The session that was asked. */
  readonly session_key: string;
  readonly method: string;
  /** The request, to ask the other session when this one leaves; null if that is not to be done. */
  readonly message: JsonRpcRequest | null;
  /** Whether it belongs to a call of the session that was asked, and ends with that at the latest. */
  readonly in_own_call: boolean;
}

/** The tables of instances and of what they ask, which goes with its instance. Every call is one transaction. */
export interface InstanceRepository {
  all(): InstanceRecord[];
  questions(): OpenQuestion[];
  keepQuestion(question: OpenQuestion): void;
  dropQuestion(question: Pick<OpenQuestion, 'instance_id' | 'question_id'>): void;
  save(record: InstanceRecord): void;
  remove(instanceId: string): void;
}
