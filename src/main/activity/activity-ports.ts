import type { Activity, ActivityPage, ActivityQuery } from '../../shared/contract/activity';
import type { Contents } from '../../shared/contract/activity-contents';
import type { Ms } from '../../shared/model/units';

export type NewActivity = Omit<Activity, 'activity_id'>;

/** What was in a message and its answer, without secrets, and how long Holdfast had run by then. */
export interface RecordedContents {
  readonly parts: Contents;
  readonly lived: Ms;
}

/** A row as it is written, with its contents where they are recorded. */
export type RecordedActivity = NewActivity & { readonly contents?: RecordedContents };

/** The table of what was called. */
export interface ActivityRepository {
  /** Appends in one transaction. Throws when the database cannot be written. */
  add(rows: readonly RecordedActivity[]): void;
  /** One page, see the contract. A query that may have to look at all rows does so beside the work. */
  page(query: ActivityQuery): Promise<ActivityPage>;
}
