import type { MessageId } from '../../shared/messages/en';
import { type Sentence, said } from '../../shared/messages/said';
import type { CheckContext } from './check-context';

/** What checks are called; the window has words for each of them. */
type CheckName = MessageId extends infer Id ? (Id extends `check.${infer Name}` ? Name : never) : never;

/** A property that every running Holdfast must have. */
export interface Check {
  readonly name: CheckName;
  /** Resolves with a description of what was verified; throws when it does not hold. */
  readonly run?: (context: CheckContext) => Promise<Sentence>;
  /** What the user does when it does not hold, as a sentence; {@link RESTART} if there is nothing better. */
  readonly remedy?: Sentence;
  /** Why it cannot be checked from outside; in place of `run`. */
  readonly skip?: Sentence;
}

/** The remedy for what can only be a defect of Holdfast. */
export const RESTART = said('said.check.restart');
