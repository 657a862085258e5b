/** A change that holds already and can still be taken back. Exactly one of the two is called. */
export interface Prepared {
  /** Makes it final. */
  done(): void;
  /** Restores what was before. */
  undo(): void;
}
