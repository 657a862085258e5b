import type { Activity, ActivityPage, ActivityQuery } from '../../shared/contract/activity';

export type NewActivity = Omit<Activity, 'activity_id'>;

/** The table of what was called. */
export interface ActivityRepository {
  /** Appends in one transaction. Throws when the database cannot be written. */
  add(rows: readonly NewActivity[]): void;
  /** One page, see the contract. A query that may have to look at all rows does so beside the work. */
  page(query: ActivityQuery): Promise<ActivityPage>;
}
