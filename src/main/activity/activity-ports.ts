import type {
  Activity,
  ActivityFilterInput,
  ActivityNewsQuery,
  ActivityPage,
  ActivityQuery,
  Failures,
  FailuresQuery,
} from '../../shared/contract/activity';
import type { ActivityWithContents, Contents } from '../../shared/contract/activity-contents';
import type { Ms } from '../../shared/model/units';

/** The setting that says of what contents are recorded. */
export const RECORDING_SETTING = 'activity_recording';

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
  /**
   * Appends in one transaction, or as part of the one that is running. Throws when the database cannot be written.
   * @param undo - called if that transaction is rolled back
   */
  add(rows: readonly RecordedActivity[], undo?: () => void): void;
}

/** What was called, read. Queries that may have to look at many rows do so beside the work. */
export interface ActivityReader {
  /** One page, see the contract. */
  page(query: ActivityQuery): Promise<ActivityPage>;
  /** How many rows that fit have a higher id; counted to 1,000. */
  news(query: ActivityNewsQuery): Promise<number>;
  /** Whether more rows fit than so many. */
  hasMoreThan(most: number, query: ActivityFilterInput & { readonly before?: number | undefined }): Promise<boolean>;
  get(activityId: number): Activity | null;
  /** One row with its contents, where they were recorded and are still kept; null if there is no such row. */
  withContents(activityId: number): ActivityWithContents | null;
  /** When the newest failure came; null if there is none. */
  lastFailedAt(): Ms | null;
  /** How many calls of one thing came since a time, whatever became of them. */
  countCalls(of: { server: string | null; method: string; name: string; from: Ms }): Promise<number>;
  /** What was recorded of a message, without its row; null if nothing was, or it is gone. */
  contentsOf(activityId: number): Contents | null;
  /** Failures by kind, the largest groups first: of the newest 50,000 that fit. */
  failures(query: FailuresQuery): Promise<Failures>;
}
