import { useCallback, useState } from 'react';
import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import type { Session } from '../../../../shared/contract/session';
import { MINUTE, type Ms, SECOND } from '../../../../shared/model/units';
import { useActions } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';

const SLEEP: EventKind[] = ['machine_slept'];
const KINDS: EventKind[] = [
  ...SLEEP,
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_unavailable',
  'server_session_renewed',
  'login_needed',
  'logged_in',
  'login_refreshed',
  'logged_out',
];
/** With these a session uses the servers of another one no longer. */
const ENDS: EventKind[] = ['sharing_ended', 'session_closed', 'session_expired'];
const MOST = 500;
const isNews = ({ kind }: HoldfastEvent): boolean => KINDS.includes(kind);
const PACE: Pace = { afterEvents: SECOND / 4, anyway: 10 * MINUTE, isNews };

/**
 * What concerns a session and belongs to none, so that its own timeline lacks it: when the machine slept, and events of the
 * servers that the session uses: of logins, of the processes of a server that all sessions share, and of those of another
 * session while it uses them, too. A session that talks to all servers uses those that its own events name; of servers that it
 * only shares, it is not known.
 *
 * @param own - the session's own events; null while they are not loaded
 */
export function useSharedEvents(
  { server, created_at }: Session,
  own: readonly HoldfastEvent[] | null,
): readonly HoldfastEvent[] {
  const { loadHistoryEvents } = useActions();
  const [events, setEvents] = useState<readonly HoldfastEvent[]>([]);
  // As a text it is the same for as long as the names are.
  const names = serversUsed(server, own ?? []).join('\n');
  const visits = JSON.stringify(visitsIn(own ?? []));
  const load = useCallback(async () => {
    const used = new Set(names.split('\n'));
    const hosts: Visit[] = JSON.parse(visits);
    const kinds = names === '' && hosts.length === 0 ? SLEEP : KINDS;
    const found = await loadHistoryEvents({ from: created_at, to: Date.now() + 1, kinds, limit: MOST });
    const concerns = (event: HoldfastEvent) => SLEEP.includes(event.kind) || used.has(serverOf(event) ?? '');
    const isOfHost = ({ session_id, at }: HoldfastEvent) =>
      hosts.some(({ host, from, to }) => session_id === host && at >= from && (to === null || at <= to));
    setEvents(found.events.filter((event) => (event.session_id === null ? concerns(event) : isOfHost(event))));
  }, [loadHistoryEvents, names, visits, created_at]);
  // The session's own events load separately and report their own failure.
  useRefresh(load, PACE);
  return events;
}

/** When a session used the servers of another one; `to` is null while it does. */
interface Visit {
  readonly host: string;
  readonly from: Ms;
  readonly to: Ms | null;
}

/** Its visits, by its own events, newest first. */
export function visitsIn(own: readonly HoldfastEvent[]): readonly Visit[] {
  const visits: Visit[] = [];
  for (const event of own.toReversed()) {
    const last = visits.at(-1);
    if (event.kind === 'sharing_started' && event.payload.role === 'guest') {
      visits.push({ host: event.payload.session_id, from: event.at, to: null });
    } else if (ENDS.includes(event.kind) && last?.to === null) visits.splice(-1, 1, { ...last, to: event.at });
  }
  return visits;
}

/** Names of the servers that a session is known to use, each once. */
export function serversUsed(only: string | null, own: readonly HoldfastEvent[]): readonly string[] {
  if (only !== null) return [only];
  const named = own.map((event) => (event.kind === 'session_created' ? null : serverOf(event)));
  return [...new Set(named.filter((name) => name !== null))].sort();
}

const serverOf = ({ payload }: HoldfastEvent): string | null => ('server' in payload ? payload.server : null);
