import type { OutputLine } from '../past-output';
import type { StdioTarget } from '../upstream-ports';
import type { ExitMessage, PassedConnection } from './keeper-messages';

/** A process that the keeper owns. */
export interface KeptChild {
  readonly child_id: string;
  readonly pid: number;
  /** Start time as the system reports it; '' when unknown. Needed because the pid may have been reused. */
  readonly pid_started: string;
}

/** Receives the output and the exit of one child. Must be ready when it is passed on: lines may already be waiting. */
export interface ChildListener {
  /**
   * Called with a whole line of standard output, without the line break. The line counts as handled once this returns.
   * Lines that were not acknowledged to the keeper are delivered again to the next supervisor.
   * @returns how many messages in it answered no request of ours; too many of those wait for their turn
   */
  onLine(line: string): number;
  /** Called once, after all lines that the child wrote. */
  onExit(end: ChildEnd): void;
}

export interface ChildEnd extends Omit<ExitMessage, 'stderr' | 'stderr_times'> {
  /** The last 20 lines of standard error at most, oldest first. */
  readonly stderr: readonly OutputLine[];
  /** The keeper is gone, and the process with it; no exit code is known. */
  readonly keeperLost: boolean;
}

/** What a server's process and its descendants take of the machine together. */
export interface ProcessUse {
  /** Resident memory. */
  readonly bytes: number;
  /** Of one processor, since somebody asked before; null when nobody has. */
  readonly percent: number | null;
}

/** The supervisor's side of the keeper: starts it when needed, reconnects to it and talks to it. */
export interface KeeperLink {
  /** The connected keeper; null when none is connected. */
  readonly keeper: { readonly pid: number; readonly started_at: number } | null;
  /** Children of an earlier supervisor that the keeper still owns. The caller adopts or ends each of them. */
  readonly found: readonly KeptChild[];
  /**
   * Connects to a keeper that an earlier supervisor left behind. Resolves with whether one was found. Usually takes a
   * few milliseconds; waits up to 2 s for a keeper that hangs, since continuing without it would lose its children.
   * @throws HoldfastError `already_running` when another supervisor is connected to it
   */
  attach(): Promise<boolean>;
  /**
   * Starts a process, and the keeper first if none is connected.
   * @param childId - never used before: whatever carries an ended child's mark is ended
   * @throws HoldfastError `server_unavailable`, with a message for the user, when either cannot be started
   */
  spawn(childId: string, target: StdioTarget, listener: ChildListener): Promise<KeptChild>;
  /**
   * Starts listening to a child from `found`. What it wrote in the meantime comes first.
   * @throws HoldfastError `internal_error` when there is no such child
   */
  adopt(childId: string, listener: ChildListener): void;
  /** Stops listening to a child. Its output then waits in the keeper for the next supervisor. */
  leave(childId: string): void;
  /**
   * Writes one line to the child's standard input. Does nothing when the child or the keeper is gone.
   * @throws HoldfastError `payload_too_large` when the line is longer than 64 MiB
   */
  write(childId: string, line: string): void;
  /**
   * Ends the child's process group, and descendants that left the group: SIGTERM, then SIGKILL after 2 s. Resolves when they
   * are gone, normally within 6 s. `onExit` is not called.
   */
  end(childId: string): Promise<void>;
  /**
   * Ends the processes of this data folder's servers that neither the keeper nor an earlier one owns any more. Call it before
   * anything is started. Resolves within 4 s with the number of servers that they belonged to.
   */
  endStrays(): Promise<number>;
  /** The child's last 500 lines of standard error at most, oldest first; empty when the child or the keeper is gone. */
  stderr(childId: string): Promise<OutputLine[]>;
  /** What each child's processes take together. Leaves out those that are gone, and all where the system does not report it. */
  measure(childIds: readonly string[]): Promise<ReadonlyMap<string, ProcessUse>>;
  /**
   * Calls `listener` whenever the keeper is lost, with its pid and the number of children lost with it, after their
   * `onExit`. Also called when a keeper of another version had to be stopped.
   */
  onLost(listener: (pid: number, children: number) => void): void;
  /**
   * Tells the keeper, now or as soon as one is connected, which port it minds when this process is gone unexpectedly.
   * Connections that it holds there are passed to the endpoint, which must listen already.
   * @param learn - is told of them before their first byte arrives
   */
  mindPort(port: number, learn: (passed: readonly PassedConnection[]) => void): Promise<void>;
  /** Whether the keeper minds the port when this process is gone. */
  readonly mindsPort: boolean;
  /** Frees the port that the keeper minds, so that the endpoint can listen. Does nothing without a keeper. */
  freePort(): Promise<void>;
  /** The keeper minds no port any more: a person quits Holdfast. */
  shutDoor(): Promise<void>;
  /** The keeper minds the port from now on. Call this when the endpoint has stopped listening. */
  openDoor(): Promise<void>;
  /** Disconnects. The keeper holds its children for the next supervisor; a keeper without children ends. */
  release(): Promise<void>;
  /** Ends the keeper and all children. */
  endAll(): Promise<void>;
}
