// The JSON payloads of frames in both directions. Types only, so the keeper has nothing to load.

/** Requests of a supervisor. `hello` and `stop` are the same in every version of the protocol. */
export type KeeperRequest =
  | HelloRequest
  | SpawnRequest
  /** Ends a child; the reply comes when its process group is gone. */
  | { readonly do: 'end'; readonly number: number }
  | { readonly do: 'stderr'; readonly number: number }
  /** The supervisor is leaving on purpose; a keeper without children then ends. */
  | { readonly do: 'release' }
  | MindRequest
  /** Joins the held connections that `mind` has listed with the endpoint. */
  | { readonly do: 'pass' }
  /** The endpoint has stopped listening and a next supervisor is expected: minds the port from now on. */
  | { readonly do: 'open_door' }
  /** Stops listening on the endpoint's port, so that the supervisor can. Held connections wait on. */
  | { readonly do: 'free_port' }
  /** Ends all children, then the keeper. The reply comes in between. */
  | { readonly do: 'stop' };

export interface HelloRequest {
  readonly do: 'hello';
  readonly version: number;
  readonly secret: string;
  readonly pid: number;
}

export interface SpawnRequest {
  readonly do: 'spawn';
  readonly child_id: string;
  readonly target: SpawnTarget;
}

/**
 * The port to mind when this supervisor is gone; 0 for none, since a person quits Holdfast. A supervisor that sends it
 * listens there already.
 */
export interface MindRequest {
  readonly do: 'mind';
  readonly port: number;
}

/** A held connection that the keeper has connected with the endpoint. */
export interface PassedConnection {
  /** The port that the endpoint sees. */
  readonly local_port: number;
  /** The port and the address of the client. */
  readonly peer_port: number;
  readonly peer_address: string;
}

/** A message with the id that matches a reply to its request. */
export type Numbered<Message> = Message & { readonly id: number };

/** Replies of the keeper, by request. */
export interface KeeperReplies {
  hello: KeeperHello | KeeperRefusal;
  spawn: (KeptProcess & { readonly error?: undefined }) | SpawnError;
  end: object;
  /** When each line came; missing from a keeper of an older version. */
  stderr: { readonly lines: string[]; readonly times?: number[] };
  release: object;
  /** `error` from a keeper that does not know the request. */
  mind: { readonly passed: readonly PassedConnection[]; readonly error?: undefined } | { readonly error: 'unknown' };
  pass: object;
  open_door: object;
  free_port: object;
  stop: object;
}

/** A message from an unauthenticated peer: any field may be missing or hold anything. */
export type Unproven<Message> = { readonly [Name in keyof Message]?: unknown };

/** Reply of a keeper that accepts the supervisor. */
export interface KeeperHello {
  readonly error?: undefined;
  readonly pid: number;
  readonly pid_started: string;
  readonly started_at: number;
  readonly children: readonly (KeptProcess & { readonly child_id: string })[];
}

/** Reply of a keeper that does not accept the supervisor, with the reason. */
type KeeperRefusal =
  | { readonly error: 'secret' | 'stopping' }
  | { readonly error: 'taken'; readonly pid: number }
  | { readonly error: 'version'; readonly pid: number; readonly pid_started: string; readonly count: number };

/** The command as it is passed to the system. */
export interface SpawnTarget {
  readonly command: string;
  readonly args: readonly string[];
  /** Null for the keeper's own folder. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** On Windows: the arguments are already quoted. */
  readonly verbatim?: boolean;
}

/** A process that the keeper owns. */
export interface KeptProcess {
  /** Identifies the child in frames. */
  readonly number: number;
  readonly pid: number;
  /** Start time as the system reports it; '' when unknown. */
  readonly pid_started: string;
}

/** Why a process was not started. */
interface SpawnError {
  readonly error: 'spawn';
  /** Error code of the system; '' when it gave none. */
  readonly code: string;
  readonly message: string;
}

/** How a process ended. */
export interface ExitMessage {
  readonly code: number | null;
  readonly signal: string | null;
  /**
   * Why the keeper ended the process, for the user, such as `did not read its input: 64 MiB were waiting`. Null when
   * the keeper did not end it.
   */
  readonly reason: string | null;
  /** The last 20 lines of standard error at most, oldest first. */
  readonly stderr: readonly string[];
  /** When each of these lines came; missing from a keeper of an older version. */
  readonly stderr_times?: readonly number[];
}
