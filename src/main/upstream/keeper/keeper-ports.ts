import type { StdioTarget } from '../upstream-ports';
import type { ExitMessage } from './keeper-messages';

/** A process that the keeper owns. */
export interface KeptChild {
  readonly child_id: string;
  readonly pid: number;
  /** When the process was started, as the system tells it: a pid alone may mean another process by now. */
  readonly pid_started: string;
}

/** What the keeper says of one child. Set both before anything else happens in the same turn: lines may wait. */
export interface ChildListener {
  /**
   * A whole line of its standard output, without the line break. When this returns the line is acknowledged: a line that
   * was not is delivered again to the next supervisor.
   */
  onLine(line: string): void;
  /** Called once. Lines that it wrote before its end came before this. */
  onExit(end: ChildEnd): void;
}

export interface ChildEnd extends ExitMessage {
  /** The keeper is gone, and the process with it. */
  readonly keeperLost: boolean;
}

/** The supervisor's side of the keeper: starts it when needed, finds it again, speaks to it. */
export interface KeeperLink {
  /** The keeper that is connected; null when none is. */
  readonly keeper: { readonly pid: number; readonly started_at: number } | null;
  /** Children of before that the keeper still owns, found by `attach`. Each is adopted or ended by the caller. */
  readonly found: readonly KeptChild[];
  /**
   * Looks for a keeper that a supervisor of before has left. Whether one was found. Takes some ms; one that hangs is waited
   * for 2 s, since to go on without it loses its children.
   * @throws HoldfastError `already_running` when another supervisor is connected to it
   */
  attach(): Promise<boolean>;
  /** Starts a process, and the keeper when there is none. Rejects with a sentence for a person when it cannot be started. */
  spawn(childId: string, target: StdioTarget, listener: ChildListener): Promise<KeptChild>;
  /** Listens to a child of before; what it wrote meanwhile comes first. */
  adopt(childId: string, listener: ChildListener): void;
  /** Stops listening to a child: what it says from now on waits in the keeper for the next supervisor. */
  leave(childId: string): void;
  /** Writes one line to its standard input. A child that is gone gets nothing. */
  write(childId: string, line: string): void;
  /** Ends a process group: SIGTERM, after 2 s SIGKILL. Resolves when it is gone, within 5 s. `onExit` is not called. */
  end(childId: string): Promise<void>;
  /** Newest lines of its standard error output, oldest first, at most 500. */
  stderr(childId: string): Promise<string[]>;
  /** Memory of its process group in bytes; null where the system does not tell. */
  memory(childIds: readonly string[]): Promise<ReadonlyMap<string, number | null>>;
  /** Told when the keeper is gone by itself, with how many children. Their `onExit` was called before. */
  onLost(listener: (pid: number, children: number) => void): void;
  /** Lets go of the keeper, which keeps its children for the next supervisor; one without children ends. */
  release(): Promise<void>;
  /** Ends the keeper and all children. */
  endAll(): Promise<void>;
}
