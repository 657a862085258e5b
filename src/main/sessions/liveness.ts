import type { Session } from '../../shared/contract/session';
import type { SessionPolicy } from '../../shared/model/policy';
import { isAttached } from '../../shared/model/session';
import type { Ms } from '../../shared/model/units';
import type { Command } from './decide';

/** What is known of a session's client right now. Times are monotonic. */
export interface Contact {
  /** Open push streams. */
  readonly streams: number;
  readonly inFlight: number;
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
  time: { now: Ms; monotonic: Ms },
  policy: SessionPolicy,
): Command | null {
  if (!isAttached(session.status)) return null;
  const quiet = time.monotonic - contact.lastTraffic;
  if (contact.inFlight > 0) return null;
  if (contact.streams === 0) {
    if (isGone(contact) && contact.streamLostAt !== null) {
      const lost = time.monotonic - contact.streamLostAt;
      if (lost >= policy.streamGrace) {
        return { type: 'disconnect', reason: 'stream_lost', contact_lost_at: time.now - lost };
      }
    }
    // Quiet is no proof that the client was away, so the gap starts only now.
    if (quiet >= policy.quietAfter) return { type: 'disconnect', reason: 'quiet', contact_lost_at: time.now };
  }
  return session.status === 'active' && quiet >= policy.idleAfter ? { type: 'fall_idle' } : null;
}

/** Its stream was lost and nothing has been heard since: a newly initializing client may well be this one. */
export function isGone(contact: Contact): boolean {
  return (
    contact.streams === 0 &&
    contact.inFlight === 0 &&
    contact.streamLostAt !== null &&
    contact.lastTraffic <= contact.streamLostAt
  );
}
