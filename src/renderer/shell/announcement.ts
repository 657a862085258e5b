import type { Server, ServerState } from '../../shared/contract/server';
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

/** The same for servers: which went down, came back, or wait for the person. Empty while nothing is known. */
export function serverAnnouncement(before: readonly Server[] | null, now: readonly Server[] | null): string {
  if (!before || !now) return '';
  const was = new Map(before.map(({ name, state }) => [name, state]));
  const parts = now.map(({ name, state }) => {
    const verb = serverVerb(was.get(name), state);
    return verb === null ? '' : `Server ${name} ${verb}`;
  });
  return parts.some(Boolean) ? `${parts.filter(Boolean).join(', ')}.` : '';
}

const isDown = (state: ServerState | undefined): boolean =>
  state === 'waiting' || state === 'circuit_open' || state === 'broken';

function serverVerb(was: ServerState | undefined, now: ServerState): string | null {
  if (isDown(now)) return isDown(was) ? null : 'is down';
  if (now === 'untrusted') return was === 'untrusted' ? null : 'waits for you';
  return isDown(was) && now === 'running' ? 'is back' : null;
}
