// What stands as JSON in frames, on both sides: types only, so that the keeper has nothing to load.

/** What a supervisor asks. `hello` and `stop` stay as they are in every version. */
export type KeeperRequest =
  | HelloRequest
  | SpawnRequest
  /** Answered when the process group is gone. */
  | { readonly do: 'end'; readonly number: number }
  | { readonly do: 'stderr'; readonly number: number }
  /** The supervisor goes on purpose: a keeper without children ends. */
  | { readonly do: 'release' }
  /** Ends all children, then the keeper. */
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

/** A message with the number by which its reply is found. */
export type Numbered<Message> = Message & { readonly id: number };

/** What the keeper answers, by what was asked. */
export interface KeeperReplies {
  hello: KeeperHello | KeeperRefusal;
  spawn: (KeptProcess & { readonly error?: undefined }) | SpawnError;
  end: object;
  stderr: { readonly lines: string[] };
  release: object;
  stop: object;
}

/** A message of somebody who has not proven to be a supervisor: every field may be missing or hold anything. */
export type Unproven<Message> = { readonly [Name in keyof Message]?: unknown };

/** What a keeper answers to a supervisor that it accepts. */
export interface KeeperHello {
  readonly error?: undefined;
  readonly pid: number;
  readonly pid_started: string;
  readonly started_at: number;
  readonly children: readonly (KeptProcess & { readonly child_id: string })[];
}

/** Why it does not accept one. */
type KeeperRefusal =
  | { readonly error: 'secret' | 'stopping' }
  | { readonly error: 'taken'; readonly pid: number }
  | { readonly error: 'version'; readonly pid: number; readonly pid_started: string; readonly count: number };

/** What is handed to the system. */
export interface SpawnTarget {
  readonly command: string;
  readonly args: readonly string[];
  /** Null for the folder that the keeper is in. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** The arguments must not be quoted again, on Windows. */
  readonly verbatim?: boolean;
}

/** A process that the keeper owns. */
export interface KeptProcess {
  /** What frames name it by. */
  readonly number: number;
  readonly pid: number;
  /** When the process was started, as the system tells it. */
  readonly pid_started: string;
}

/** Why one was not started. */
interface SpawnError {
  readonly error: 'spawn';
  /** As the system names it; '' when it does not. */
  readonly code: string;
  readonly message: string;
}

/** How a process ended. */
export interface ExitMessage {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why the keeper ended it, for a person: `did not read its input: 64 MiB were waiting`. Null when it did not. */
  readonly reason: string | null;
  /** The last lines of its standard error output, at most 20. */
  readonly stderr: readonly string[];
}
