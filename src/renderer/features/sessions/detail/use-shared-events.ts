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
];
const MOST = 500;
const PACE: Pace = {
  afterEvents: SECOND / 4,
  anyway: 10 * MINUTE,
  isNews: ({ kind }) => kind.startsWith('server_') || SLEEP.includes(kind),
};

/**
 * What concerns a session and belongs to none, so that its own timeline lacks it: when the machine slept, and events of the
 * one server that it talks to, as long as all sessions share that server. Which servers a session that talks to all of them
 * used is unknown.
 */
export function useSharedEvents({ server, created_at }: Session): readonly HoldfastEvent[] {
  const { loadHistoryEvents } = useActions();
  const [events, setEvents] = useState<readonly HoldfastEvent[]>([]);
  const load = useCallback(async () => {
    const kinds = server === null ? SLEEP : KINDS;
    const found = await loadHistoryEvents({ from: created_at, to: Date.now() + 1, kinds, limit: MOST });
    setEvents(found.events.filter((event) => event.session_id === null && concerns(event, server)));
  }, [loadHistoryEvents, server, created_at]);
  // The session's own events load separately and report their own failure.
  useRefresh(load, PACE);
  return events;
}

const concerns = ({ kind, payload }: HoldfastEvent, server: string | null): boolean =>
  SLEEP.includes(kind) || ('server' in payload && payload.server === server);
