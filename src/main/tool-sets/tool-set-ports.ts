import type { Visibility } from '../../shared/model/visibility';

/** The tables of what clients see. Every call is one transaction, or joins the one that runs. */
export interface ToolSetRepository {
  load(): Visibility;
  /** Replaces everything. */
  save(visibility: Visibility): void;
}

/** How often a tool was called on a day. Without a tool: on how many occasions the server was listed. */
export interface UsedOnDay {
  readonly server: string;
  /** Empty for the server itself. */
  readonly tool: string;
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly calls: number;
}

/** The table of what was used. Every call is one transaction. */
export interface ToolUseRepository {
  /** Adds to what is known, and forgets days before the oldest. */
  add(used: readonly UsedOnDay[], oldest: number): void;
  of(server: string, since: number): UsedOnDay[];
  /** Gives what is known of a server to its new name, in place of what was known of that. */
  rename(from: string, to: string): void;
}

/** A tool by its server's own name. */
export interface FoundTool {
  readonly server: string;
  readonly tool: string;
}

/** The table of what searches have found. Every call is one transaction. */
export interface FoundToolRepository {
  /** What was found in a session, in the order in which it was. */
  of(sessionId: string): FoundTool[];
  /**
   * Adds what is new, and forgets what was found first beyond `most`, but for these. What is kept keeps its place. Returns how many
   * were new.
   */
  add(sessionId: string, tools: readonly FoundTool[], most: number): number;
  /** Gives what was found of a server to its new name, in place of what was found of that. */
  rename(from: string, to: string): void;
}
