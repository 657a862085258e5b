import { useEffect, useState } from 'react';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import { useHoldfastStore } from './use-holdfast';

/** New events are worth a new answer, but not each of them. */
const AFTER_EVENTS: Ms = 10 * SECOND;
/** Without events time itself moves on: a chart gets its next bucket. */
const ANYWAY: Ms = MINUTE;

/**
 * Keeps an answer that is not streamed up to date: loads it when the component appears, after every snapshot, at most every
 * 10 s while events arrive, and every minute. One load at a time; a failed one is tried again. It loads nothing before the
 * first snapshot. The store's clock drives it, so a hidden window asks less.
 *
 * @param load - one of the store's actions, or a memoized call of one: another function is another answer
 * @returns the last failure; null once it loads again
 */
export function useRefresh(load: () => Promise<void>): unknown {
  const store = useHoldfastStore();
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    let busy = false;
    let ended = false;
    let last = { at: 0, seq: -1, generation: 0 };
    const check = () => {
      const { seq, generation } = store.getState();
      const age = performance.now() - last.at;
      const due = generation !== last.generation || age >= ANYWAY || (seq !== last.seq && age >= AFTER_EVENTS);
      if (busy || generation === 0 || !due) return;
      busy = true;
      last = { at: performance.now(), seq, generation };
      load()
        .then(
          () => !ended && setError(null),
          (failure: unknown) => {
            last.seq = -1;
            if (!ended) setError(failure);
          },
        )
        .finally(() => {
          busy = false;
        });
    };
    check();
    const unsubscribe = store.subscribe(check);
    return () => {
      ended = true;
      unsubscribe();
    };
  }, [store, load]);

  return error;
}
