import { useEffect, useRef, useState } from 'react';
import type { Ms } from '../../../shared/model/units';
import type { HoldfastState } from '../../store/state';
import { useHoldfastStore } from '../../store/use-holdfast';
import { type Asked, keepPlace, type Shown, serversInUse, showSessions } from './shown-sessions';

/** After building the list, rest this many times as long, so that scrolling stays smooth with 10,000 sessions. */
const REST_PER_WORK = 30;
const LONGEST_REST: Ms = 1_000;

const show = ({ sessions, servers, sessionNames, now }: HoldfastState, asked: Asked): Shown =>
  showSessions(sessions.values(), asked, now, serversInUse(servers?.servers ?? []), sessionNames);

/**
 * The listed sessions, kept up to date with the stream: at once while the list is short, up to a second later when it is
 * long (rows themselves are always live).
 *
 * @param held - keeps the rows where they are, because the user has scrolled and is reading
 */
export function useShownSessions(asked: Asked, held: boolean): Shown {
  const store = useHoldfastStore();
  const [shown, setShown] = useState(() => show(store.getState(), asked));
  const latest = useRef({ asked, held });

  useEffect(() => {
    const isSameQuestion = latest.current.asked === asked;
    latest.current = { asked, held };
    let timer: ReturnType<typeof setTimeout> | undefined;
    let seen = store.getState();
    let cost = 0;
    let readyAt = 0;
    const update = (keep: boolean) => {
      timer = undefined;
      seen = store.getState();
      const start = performance.now();
      const next = show(seen, asked);
      setShown((before) => (keep ? keepPlace(before, next, seen.sessions) : next));
      cost = performance.now() - start;
      readyAt = performance.now() + Math.min(cost * REST_PER_WORK, LONGEST_REST);
    };
    const check = () => {
      const state = store.getState();
      const isDue =
        state.sessions !== seen.sessions ||
        state.servers !== seen.servers ||
        state.sessionNames !== seen.sessionNames ||
        (asked.query.usesClock && state.now !== seen.now);
      if (!isDue || timer !== undefined) return;
      const wait = readyAt - performance.now();
      if (wait <= 0) update(held);
      else timer = setTimeout(() => update(held), wait);
    };
    update(held && isSameQuestion);
    const unsubscribe = store.subscribe(check);
    return () => {
      clearTimeout(timer);
      unsubscribe();
    };
  }, [store, asked, held]);

  return shown;
}
