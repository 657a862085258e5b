import type { HoldfastEvent, Timeline, TimelineQuery } from '../../shared/contract/event';
import type { GapTotals } from '../../shared/contract/history';
import type { Session, SessionPage, SessionQuery, SessionsHealth } from '../../shared/contract/session';
import type { Ms } from '../../shared/model/units';

/** Read access to sessions. */
export interface SessionReader {
  /** One session; null if there is none. */
  get(sessionId: string): { readonly session: Session } | null;
  /** One page of sessions, filtered and sorted, with the total across all pages. */
  page(query: SessionQuery): SessionPage;
  /** At most `limit` sessions, including probes. Ended sessions come last; within each group, latest activity first. */
  snapshot(limit: number): Session[];
  /** Counts over all stored sessions. Probes count only in `probes` and in the reconnect numbers. */
  health(now: Ms): SessionsHealth;
  /** Like {@link health}, for the sessions of one client. */
  healthOf(clientId: string, now: Ms): SessionsHealth;
}

/** Read access to the event log. */
export interface EventReader {
  /** Events after `seq`, oldest first. Those that were deleted since are missing, see {@link isWholeAfter}. */
  readAfter(seq: number, limit: number): HoldfastEvent[];
  /** Whether no event after `seq` was deleted. Reads an index entry for each, so ask only about recent ones. */
  isWholeAfter(seq: number): boolean;
  /** The highest `seq` ever assigned; 0 before the first event. */
  newestSeq(): number;
  /** Events of one session, newest first. */
  timeline(query: TimelineQuery): Timeline;
  /**
   * Events with `from <= at < to`, newest first, so the limit cuts off the oldest.
   * @param before - only events older than this one: the last of the page before
   */
  between(
    from: Ms,
    to: Ms,
    kinds: readonly string[] | undefined,
    limit: number,
    before?: { at: Ms; seq: number },
  ): Timeline;
  /** How long clients were away in the gaps that ended at `from <= at < to`. */
  gapTotals(from: Ms, to: Ms): GapTotals;
}
