import type { CheckContext } from './check-context';

/** Something that must hold of a running Holdfast. */
export interface Check {
  readonly name: string;
  /** Says in words what holds; throws when it does not. */
  readonly run?: (context: CheckContext) => Promise<string>;
  /** Why it cannot be checked from outside. */
  readonly skip?: string;
}
