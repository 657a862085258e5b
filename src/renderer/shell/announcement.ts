import type { Session } from '../../shared/contract/session';
import { formatCount } from '../format/number';
import { sessionName } from '../format/words';

type Sessions = ReadonlyMap<string, Session>;

/**
 * What a screen reader says of the way from one state to another: one session by its name, several by their number. Empty
 * when nothing changed that a person would want to hear. Takes states and no events, so that a new snapshot, after a gap
 * in the stream, hides nothing.
 */
export function announcement(before: Sessions, now: Sessions): string {
  const byVerb = new Map<string, Session[]>();
  for (const [id, session] of now) {
    const was = before.get(id);
    const verb = was === session || session.probe ? null : verbOf(was, session);
    if (verb !== null) byVerb.set(verb, [...(byVerb.get(verb) ?? []), session]);
  }
  const parts: string[] = [];
  for (const [verb, sessions] of byVerb) {
    const [only] = sessions.length === 1 ? sessions : [];
    parts.push(`${only ? sessionName(only) : formatCount(sessions.length, 'session')} ${verb}`);
  }
  return parts.length > 0 ? `${parts.join(', ')}.` : '';
}

function verbOf(was: Session | undefined, now: Session): string | null {
  if (now.status !== was?.status) {
    if (now.status === 'disconnected') return 'disconnected';
    if (now.status === 'closed') return 'ended';
    if (now.status === 'expired') return 'expired';
  }
  if (was === undefined || was.probe) return 'started';
  return now.reconnect_count > was.reconnect_count ? 'reconnected' : null;
}
