import { useCallback, useState } from 'react';
import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import type { Session } from '../../../../shared/contract/session';
import { MINUTE, SECOND } from '../../../../shared/model/units';
import { useActions } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';

const KINDS: EventKind[] = [
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_unavailable',
  'server_session_renewed',
];
const MOST = 500;
const PACE: Pace = { afterEvents: SECOND / 4, anyway: 10 * MINUTE, isNews: ({ kind }) => kind.startsWith('server_') };

/**
 * Events of the one server that a session talks to, as long as all sessions share that server: such events belong to no
 * session, so its own timeline lacks them. Empty for a session that talks to all servers: which ones it used is unknown.
 */
export function useServerEvents({ server, created_at }: Session): readonly HoldfastEvent[] {
  const { loadHistoryEvents } = useActions();
  const [events, setEvents] = useState<readonly HoldfastEvent[]>([]);
  const load = useCallback(async () => {
    if (server === null) return;
    const found = await loadHistoryEvents({ from: created_at, to: Date.now() + 1, kinds: KINDS, limit: MOST });
    setEvents(found.events.filter((event) => event.session_id === null && isOf(event, server)));
  }, [loadHistoryEvents, server, created_at]);
  // The session's own events load separately and report their own failure.
  useRefresh(load, PACE);
  return events;
}

const isOf = ({ payload }: HoldfastEvent, server: string): boolean => 'server' in payload && payload.server === server;
