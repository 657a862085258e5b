import type {
  Activity,
  ActivityNewsQuery,
  ActivityPage,
  ActivityQuery,
  Failures,
  FailuresQuery,
} from '../../shared/contract/activity';

export type NewActivity = Omit<Activity, 'activity_id'>;

/** The table of what was called. */
export interface ActivityRepository {
  /** Appends in one transaction. Throws when the database cannot be written. */
  add(rows: readonly NewActivity[]): void;
}

/** What was called, read. Queries that may have to look at many rows do so beside the work. */
export interface ActivityReader {
  /** One page, see the contract. */
  page(query: ActivityQuery): Promise<ActivityPage>;
  /** How many rows that fit have a higher id; counted to 1,000. */
  news(query: ActivityNewsQuery): Promise<number>;
  get(activityId: number): Activity | null;
  /** Failures by kind, the largest groups first: of the newest 50,000 that fit. */
  failures(query: FailuresQuery): Promise<Failures>;
}
