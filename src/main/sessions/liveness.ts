import type { Session } from '../../shared/contract/session';
import type { SessionPolicy } from '../../shared/model/policy';
import { isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { Command } from './decide';

/** What is currently known about a session's client. Times are on the awake clock. */
export interface Contact {
  /** Open standalone streams. */
  readonly streams: number;
  readonly inFlight: number;
  /** When the client last sent something. */
  readonly lastHeard: Ms;
  /** When data last moved in either direction. */
  readonly lastTraffic: Ms;
  /** When the last standalone stream was lost; null while one is open or if there never was one. */
  readonly streamLostAt: Ms | null;
}

/**
 * Returns the command that the passage of time alone calls for, or null. Losing the standalone stream does not prove
 * that the client has gone: some clients drop it and keep calling. A client counts as gone when nothing arrives during
 * the grace period after the loss, or when it has had no stream and no traffic for `quietAfter`.
 */
export function judgeContact(
  session: Session,
  contact: Contact,
  time: { now: Ms; awake: Ms },
  policy: SessionPolicy,
): Command | null {
  if (!isAttached(session.status) || contact.inFlight > 0) return null;
  const quiet = time.awake - contact.lastTraffic;
  const lost = lostSince(contact);
  if (lost !== null && time.awake - lost >= policy.streamGrace) {
    return { type: 'disconnect', reason: 'stream_lost', contact_lost_at: time.now - (time.awake - lost) };
  }
  if (contact.streams === 0 && quiet >= policy.quietAfter) {
    // Silence does not prove that the client was away, so the gap starts only now.
    return { type: 'disconnect', reason: 'quiet', contact_lost_at: time.now };
  }
  return session.status === 'active' && quiet >= policy.idleAfter ? { type: 'fall_idle' } : null;
}

/**
 * When the client may have gone away: its stream was lost and it has sent nothing since, so a client that initializes
 * now may well be the same one. A response finished after the loss may still have reached it and moves the time
 * forward. Null when there is no sign that it went away.
 */
export function lostSince(contact: Contact): Ms | null {
  const { streamLostAt, lastHeard, lastTraffic, streams, inFlight } = contact;
  if (streamLostAt === null || streams > 0 || inFlight > 0 || lastHeard > streamLostAt) return null;
  return Math.max(streamLostAt, lastTraffic);
}
