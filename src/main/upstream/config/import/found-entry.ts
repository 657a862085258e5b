import type { ImportSource, ServerInput } from '../../../../shared/contract/server';

/** An entry of another program's configuration, in our words. Its input may hold secrets. */
export interface FoundEntry {
  readonly source: ImportSource;
  readonly file: string;
  readonly name: string;
  readonly input: Omit<ServerInput, 'name'>;
  /** Why it cannot be taken; null when it can. */
  readonly impossible: string | null;
  /** What a person should know about it; empty when there is nothing. */
  readonly remark: string;
}

/** What a file of another program holds, and further files that it names. */
export interface FoundFile {
  readonly entries: readonly FoundEntry[];
  readonly more: readonly { readonly file: string; readonly project: string }[];
}

/** An entry in the common form, as read from a file: nothing about it was checked. */
export interface RawEntry {
  readonly name: string;
  readonly value: unknown;
  /** Folder in which the program would start it. */
  readonly project?: string;
}

/** How a program writes references in its configuration. */
export interface Dialect {
  readonly source: ImportSource;
  /** The text as {@link expand} understands it. */
  translate(text: string): string;
}
