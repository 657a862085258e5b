import { useCallback, useState } from 'react';
import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import type { Session } from '../../../../shared/contract/session';
import { MINUTE, SECOND } from '../../../../shared/model/units';
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
const MOST = 500;
const isNews = ({ kind }: HoldfastEvent): boolean => KINDS.includes(kind);
const PACE: Pace = { afterEvents: SECOND / 4, anyway: 10 * MINUTE, isNews };

/**
 * What concerns a session and belongs to none, so that its own timeline lacks it: when the machine slept, and events of the
 * servers that the session uses: of logins, and of the processes of a server that all sessions share. A session that talks to
 * all servers uses those that its own events name; of servers that it only shares, it is not known.
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
  const load = useCallback(async () => {
    const used = new Set(names.split('\n'));
    const kinds = names === '' ? SLEEP : KINDS;
    const found = await loadHistoryEvents({ from: created_at, to: Date.now() + 1, kinds, limit: MOST });
    const concerns = (event: HoldfastEvent) => SLEEP.includes(event.kind) || used.has(serverOf(event) ?? '');
    setEvents(found.events.filter((event) => event.session_id === null && concerns(event)));
  }, [loadHistoryEvents, names, created_at]);
  // The session's own events load separately and report their own failure.
  useRefresh(load, PACE);
  return events;
}

/** Names of the servers that a session is known to use, each once. */
export function serversUsed(only: string | null, own: readonly HoldfastEvent[]): readonly string[] {
  if (only !== null) return [only];
  const named = own.map((event) => (event.kind === 'session_created' ? null : serverOf(event)));
  return [...new Set(named.filter((name) => name !== null))].sort();
}

const serverOf = ({ payload }: HoldfastEvent): string | null => ('server' in payload ? payload.server : null);
