import { useMemo, useState } from 'react';
import type { Session } from '../../../shared/contract/session';
import { NO_TICKS, reachedTo, toggled } from './ticks';

export interface ChosenSessions {
  /** In the order of the list; only what is listed and matches, so that nothing is done to what nobody sees or asked for. */
  readonly chosen: readonly Session[];
  readonly ids: ReadonlySet<string>;
  toggle(sessionIds: readonly string[]): void;
  /** Chooses all rows up to this one. */
  reach(sessionId: string): void;
  all(): void;
  /** Chooses these and no others. */
  only(sessionIds: readonly string[]): void;
}

/**
 * Which of the listed sessions are chosen.
 *
 * @param sessions - in the order in which they are shown
 * @param unmatched - those of them that cannot be chosen
 * @param cursor - the row where a range begins when nothing is chosen yet
 */
export function useTicks(
  sessions: readonly Session[],
  unmatched: ReadonlySet<string>,
  cursor: string | null,
): ChosenSessions {
  const [ticks, setTicks] = useState(NO_TICKS);
  const chosen = useMemo(
    () =>
      ticks.ids.size === 0
        ? []
        : sessions.filter(({ session_id }) => ticks.ids.has(session_id) && !unmatched.has(session_id)),
    [sessions, unmatched, ticks.ids],
  );
  const ids = useMemo(() => new Set(chosen.map(({ session_id }) => session_id)), [chosen]);
  const order = () => sessions.map(({ session_id }) => session_id);
  return {
    chosen,
    ids,
    toggle: (sessionIds) => setTicks((now) => toggled({ ...now, ids }, sessionIds)),
    reach: (sessionId) => setTicks((now) => reachedTo({ ...now, ids }, order(), cursor, sessionId)),
    all: () => setTicks((now) => ({ ...now, ids: new Set(order()) })),
    only: (sessionIds) => setTicks({ ids: new Set(sessionIds), anchor: null }),
  };
}
