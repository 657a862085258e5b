import type { Server, ServerState } from '../../shared/contract/server';
import type { Session } from '../../shared/contract/session';
import { t } from '../../shared/messages/language';
import { sessionName } from '../format/words';

type Sessions = ReadonlyMap<string, Session>;
type Change = 'started' | 'reconnected' | 'disconnected' | 'ended' | 'expired';
type ServerChange = 'down' | 'untrusted' | 'needs_login' | 'logged_in' | 'back';

/**
 * What a screen reader announces between one state and the next: a single session by name, several by their number. Empty
 * if nothing changed that is worth hearing. Compares states instead of reading events, so that a new snapshot after a gap in
 * the stream hides nothing.
 */
export function announcement(before: Sessions, now: Sessions): string {
  const byChange = new Map<Change, Session[]>();
  for (const [id, session] of now) {
    const was = before.get(id);
    const change = was === session || session.probe ? null : changeOf(was, session);
    if (change !== null) byChange.set(change, [...(byChange.get(change) ?? []), session]);
  }
  return [...byChange]
    .map(([change, sessions]) => {
      const [first] = sessions;
      return t(`announce.${change}`, { count: sessions.length, name: first ? sessionName(first) : '' });
    })
    .join(' ');
}

function changeOf(was: Session | undefined, now: Session): Change | null {
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
  return now
    .flatMap((server) => {
      const change = serverChange(was.get(server.name), server);
      return change === null ? [] : [t(`announce.server.${change}`, { name: server.name })];
    })
    .join(' ');
}

const isDown = (state: ServerState | undefined): boolean =>
  state === 'waiting' || state === 'circuit_open' || state === 'broken';

function serverChange(was: Server | undefined, { state, login }: Server): ServerChange | null {
  if (isDown(state)) return isDown(was?.state) ? null : 'down';
  if (state === 'untrusted') return was?.state === 'untrusted' ? null : 'untrusted';
  if (state === 'needs_login') return was?.state === 'needs_login' ? null : 'needs_login';
  if (was && login.state === 'logged_in' && login.since !== was.login.since) return 'logged_in';
  return isDown(was?.state) && state === 'running' ? 'back' : null;
}
