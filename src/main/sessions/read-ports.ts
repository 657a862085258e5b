import type { HoldfastEvent, Timeline, TimelineQuery } from '../../shared/contract/event';
import type { Session, SessionPage, SessionQuery, SessionsHealth } from '../../shared/contract/session';
import type { Ms } from '../../shared/model/units';

/** Sessions, for whoever shows them. Reading changes nothing. */
export interface SessionReader {
  /** Filtered, sorted and cut to one page, with the number of sessions on all pages. */
  page(query: SessionQuery): SessionPage;
  /** At most `limit` sessions, ended ones and probes included: those that have not ended first, then the newest activity. */
  snapshot(limit: number): Session[];
  /** Counts over all sessions that are kept; probes are left out but for their own number and the sum of reconnects. */
  health(now: Ms): SessionsHealth;
  /** {@link health} over the sessions of one client. */
  healthOf(clientId: string, now: Ms): SessionsHealth;
}

/** The event log, for whoever shows it. */
export interface EventReader {
  /** Events after `seq`, oldest first. The first one is `seq + 1` unless retention has removed it. */
  readAfter(seq: number, limit: number): HoldfastEvent[];
  /** The highest `seq` ever assigned; 0 before the first event. */
  newestSeq(): number;
  /** Events of one session, newest first. */
  timeline(query: TimelineQuery): Timeline;
  /** Events with `from <= at < to`, newest first: if there are too many, people want the latest. */
  between(from: Ms, to: Ms, kinds: readonly string[] | undefined, limit: number): Timeline;
}
