import type { Ms } from '../../shared/model/units';

/** A task that a server gave to a client (MCP 2025-11-25, tasks; SEP-2663). */
export interface GivenTask {
  readonly server: string;
  /** As the server named it. */
  readonly task_id: string;
  readonly client_id: string;
  /** The session in which it was begun; null if there was none. Whoever takes that over has the task then. */
  readonly session_id: string | null;
  readonly given_at: Ms;
}

/** The table of tasks that clients were given. Every call is one transaction. */
export interface TaskRepository {
  /**
   * Remembers a task. Of each client the newest 2,000 are kept.
   * @param isTaken - whether whoever was given this id before has lost it: the server has one name for one task
   */
  give(task: GivenTask, isTaken: boolean): void;
  isGiven(server: string, taskId: string, clientId: string): boolean;
  /** Names of the servers that gave this client a task. */
  serversOf(clientId: string): string[];
  /** The present name of the server that gave this client the task, when it had this name then; null if it was not renamed. */
  renamedFrom(server: string, taskId: string, clientId: string): string | null;
  /** The server has another name from now on, and its tasks with it. */
  rename(from: string, to: string): void;
}
