import type { CheckContext } from './check-context';

/** A property that every running Holdfast must have. */
export interface Check {
  readonly name: string;
  /** Resolves with a description of what was verified; throws when it does not hold. */
  readonly run?: (context: CheckContext) => Promise<string>;
  /** What the user does when it does not hold, as a sentence; {@link RESTART} if there is nothing better. */
  readonly remedy?: string;
  /** Why it cannot be checked from outside; in place of `run`. */
  readonly skip?: string;
}

/** The remedy for what can only be a defect of Holdfast. */
export const RESTART = 'Quit Holdfast and start it again. If the check fails again, report it with a copied diagnosis.';
