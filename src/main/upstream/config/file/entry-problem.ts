/** A problem in an entry: its path, and a sentence that says what is wrong and what to do. */
export interface EntryProblem {
  readonly path: readonly (string | number)[];
  readonly sentence: string;
}
