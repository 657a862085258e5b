import type { CheckContext } from './check-context';

/** A property that every running Holdfast must have. */
export interface Check {
  readonly name: string;
  /** Resolves with a description of what was verified; throws when it does not hold. */
  readonly run?: (context: CheckContext) => Promise<string>;
  /** Why it cannot be checked from outside; in place of `run`. */
  readonly skip?: string;
}
