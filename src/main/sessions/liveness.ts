import type { Session } from '../../shared/contract/session';
import type { SessionPolicy } from '../../shared/model/policy';
import { isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { Command } from './decide';

/** What is known of a session's client right now. Times are of the awake clock. */
export interface Contact {
  /** Open push streams. */
  readonly streams: number;
  readonly inFlight: number;
  /** When the client last sent something. */
  readonly lastHeard: Ms;
  /** When anything last went either way. */
  readonly lastTraffic: Ms;
  /** When the last push stream was lost; null while one is open, or when there never was one. */
  readonly streamLostAt: Ms | null;
}

/**
 * What time alone makes of a session. A lost push stream by itself is not the end: clients give their stream up and go on
 * calling. The client counts as gone when nothing came for the grace time after the loss, or for long without any stream.
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
    // Quiet is no proof that the client was away, so the gap starts only now.
    return { type: 'disconnect', reason: 'quiet', contact_lost_at: time.now };
  }
  return session.status === 'active' && quiet >= policy.idleAfter ? { type: 'fall_idle' } : null;
}

/**
 * Since when its client may be away: its stream was lost and it sent nothing since, so that a newly initializing client may
 * well be this one. An answer that was finished after the loss may still have reached it and moves the time. Null when
 * nothing speaks for that.
 */
export function lostSince(contact: Contact): Ms | null {
  const { streamLostAt, lastHeard, lastTraffic, streams, inFlight } = contact;
  if (streamLostAt === null || streams > 0 || inFlight > 0 || lastHeard > streamLostAt) return null;
  return Math.max(streamLostAt, lastTraffic);
}
