/** An entry in a client's file: a value, or a table in TOML. */
export type EntryValue = Readonly<Record<string, unknown>>;

/** What becomes of an entry. */
interface EntryChange {
  readonly entry: EntryValue;
  /** Fields of the present entry that have to go. */
  readonly removed: readonly string[];
  /** Whether there is no entry yet. */
  readonly isNew: boolean;
}

/** How a kind of file is read and edited. Edits touch only the entry and what is missing around it. */
export interface EntryFormat {
  /** @throws Error whose message is `<line>: <what is wrong>` */
  parse(text: string): Record<string, unknown>;
  set(text: string, path: readonly string[], change: EntryChange): string;
  remove(text: string, path: readonly string[]): string;
}
