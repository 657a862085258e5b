import type { Activity, ActivityPage } from '../../../shared/contract/activity';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Found } from '../../store/paced-refresh';

/** Rows that are held at one time: some thirty screens. What is further away is read again as one scrolls there. */
export const MOST_ROWS = 3_000;

/** A stretch of what was called without holes: all that fits the filter between its newest and its oldest row. */
export interface RowWindow {
  /** Newest first. */
  readonly rows: readonly Activity[];
  readonly hasOlder: boolean;
  /** Rows between its newest one and `through` were let go. */
  readonly hasNewer: boolean;
  /** All up to this id was looked at: what is new has a higher one. */
  readonly through: number;
  /**
   * Number of the first row; the next ones count down from it. A row keeps its number as long as it is there, and rows that take
   * the place of all others take their numbers, too: they are drawn into what is there already, at half the cost.
   */
  readonly top: number;
}

const idOf = (row: Activity | undefined): number => row?.activity_id ?? 0;

/**
 * The newest page.
 * @param top - number of its first row
 */
export const newestRows = ({ activity, has_more, last_id }: ActivityPage, top = 0): RowWindow => ({
  rows: activity,
  hasOlder: has_more,
  hasNewer: false,
  through: Math.max(last_id, idOf(activity[0])),
  top,
});

/**
 * The window with the next older page; the newest rows make room.
 * @param before - the id before which it was asked for. If other rows took the place of those meanwhile, it comes too late, and
 *   the window stays as it is.
 */
export function withOlder(window: RowWindow, { activity, has_more }: ActivityPage, before: number): RowWindow {
  if (idOf(window.rows.at(-1)) !== before) return window;
  const rows = [...window.rows, ...activity];
  const kept = rows.slice(-MOST_ROWS);
  const dropped = rows.length - kept.length;
  const top = window.top - dropped;
  return { ...window, rows: kept, top, hasOlder: has_more, hasNewer: window.hasNewer || dropped > 0 };
}

/**
 * The window with the newest rows that came since: put before what is there or, when there are more of them than were asked
 * for, in its place, so that there is no hole.
 * @param after - the id after which they were asked for. If the window ends elsewhere by now, they come too late, and it stays as
 *   it is.
 */
export function withNewest(window: RowWindow, page: ActivityPage, after: number): RowWindow {
  if (newerThan(window) !== after) return window;
  const { activity, has_more, last_id } = page;
  if (has_more) return newestRows(page, window.top);
  const through = Math.max(window.through, last_id, idOf(activity[0]));
  if (activity.length === 0) return through === window.through ? window : { ...window, through };
  const rows = [...activity, ...window.rows];
  const kept = rows.slice(0, MOST_ROWS);
  const top = window.top + activity.length;
  return { ...window, rows: kept, top, hasOlder: window.hasOlder || kept.length < rows.length, through };
}

/**
 * The window with the next newer page, which is oldest first; the oldest rows make room.
 * @param after - as in {@link withNewest}
 */
export function withNewer(window: RowWindow, { activity, has_more, last_id }: ActivityPage, after: number): RowWindow {
  if (newerThan(window) !== after) return window;
  const rows = [...activity.toReversed(), ...window.rows];
  const kept = rows.slice(0, MOST_ROWS);
  return {
    rows: kept,
    top: window.top + activity.length,
    hasOlder: window.hasOlder || kept.length < rows.length,
    hasNewer: has_more,
    through: Math.max(window.through, has_more ? 0 : last_id, idOf(activity.at(-1))),
  };
}

/** From which id on newer rows are read: those that were let go come first. */
export const newerThan = ({ rows, hasNewer, through }: RowWindow): number => (hasNewer ? idOf(rows[0]) : through);

/** How many rows there are now above the row that was the first; negative if that many of the old ones are gone. */
export function shiftOf(before: readonly Activity[], after: readonly Activity[]): number {
  const first = before[0]?.activity_id;
  const now = after[0]?.activity_id;
  if (first === undefined || now === undefined || first === now) return 0;
  const added = after.findIndex(({ activity_id }) => activity_id === first);
  if (added !== -1) return added;
  const gone = before.findIndex(({ activity_id }) => activity_id === now);
  return gone === -1 ? 0 : -gone;
}

/**
 * What a page of the newest brought within some time. Nobody reads along where a second replaces all that is in sight, or where
 * more came than a page holds: that may be fewer rows than a large window shows.
 * @param page - null if none came
 * @param inSight - rows that the window shows
 */
export function foundIn(page: ActivityPage | null, time: Ms, inSight: number): Found {
  const count = page?.activity.length ?? 0;
  if (count === 0) return 'nothing';
  if (page?.has_more) return 'flood';
  // What comes in one moment is no flood yet.
  return count * SECOND > inSight * Math.max(time, SECOND / 2) ? 'flood' : 'something';
}
