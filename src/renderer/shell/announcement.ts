import type { Server, ServerState } from '../../shared/contract/server';
import type { Session } from '../../shared/contract/session';
import { formatCount } from '../format/number';
import { sessionName } from '../format/words';

type Sessions = ReadonlyMap<string, Session>;

/**
 * What a screen reader announces between one state and the next: a single session by name, several by their number. Empty
 * if nothing changed that is worth hearing. Compares states instead of reading events, so that a new snapshot after a gap in
 * the stream hides nothing.
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

/** The same for servers: which went down, came back, or need the user or a login. Empty while nothing is known. */
export function serverAnnouncement(before: readonly Server[] | null, now: readonly Server[] | null): string {
  if (!before || !now) return '';
  const was = new Map(before.map((server) => [server.name, server]));
  const parts = now.map((server) => {
    const verb = serverVerb(was.get(server.name), server);
    return verb === null ? '' : `Server ${server.name} ${verb}`;
  });
  return parts.some(Boolean) ? `${parts.filter(Boolean).join(', ')}.` : '';
}

const isDown = (state: ServerState | undefined): boolean =>
  state === 'waiting' || state === 'circuit_open' || state === 'broken';

function serverVerb(was: Server | undefined, { state, login }: Server): string | null {
  if (isDown(state)) return isDown(was?.state) ? null : 'is down';
  if (state === 'untrusted') return was?.state === 'untrusted' ? null : 'is waiting for you';
  if (state === 'needs_login') return was?.state === 'needs_login' ? null : 'needs a login';
  if (was && login.state === 'logged_in' && login.since !== was.login.since) return 'is logged in';
  return isDown(was?.state) && state === 'running' ? 'is back' : null;
}
