import type { ImportSource, ServerInput } from '../../../../shared/contract/server';
import type { ToolLimits } from './tool-limits';

/** An entry of another program's configuration, translated for Holdfast. Its input may hold secrets. */
export interface FoundEntry {
  readonly source: ImportSource;
  readonly file: string;
  readonly name: string;
  readonly input: Omit<ServerInput, 'name'>;
  /** Which of its tools that program shows; null for all. */
  readonly limits: ToolLimits | null;
  /** Why it cannot be imported; null when it can. */
  readonly impossible: string | null;
  /** What a person should know about it; empty when there is nothing. */
  readonly remark: string;
}

/** The entries of another program's file, and further files that it names. */
export interface FoundFile {
  readonly entries: readonly FoundEntry[];
  readonly more: readonly { readonly file: string; readonly project: ProjectContext }[];
}

/** A project that a file belongs to. */
export interface ProjectContext {
  readonly folder: string;
  /** Servers that the user switched off in this project. */
  readonly switchedOff: readonly string[];
}

/** The file that is read, and whose it is. */
export interface ReadContext {
  readonly file: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The project that the file belongs to. */
  readonly project?: ProjectContext;
}

/** An entry in the common format, as read from a file and not checked in any way. */
export interface RawEntry {
  readonly name: string;
  readonly value: unknown;
  /** Folder in which the other program would start the server. */
  readonly project?: string;
  /** Why the other program does not use it, as a sentence. It comes switched off then. */
  readonly switchedOff?: string;
  /** Which of its tools the other program shows, where that stands outside the entry. */
  readonly limits?: ToolLimits | null;
  /** What else a person should know about it. */
  readonly remark?: string;
}

/** How a program writes references in its configuration. */
export interface Dialect {
  readonly source: ImportSource;
  /** Rewrites references into the notation that {@link expand} understands. */
  translate(text: string): string;
}
