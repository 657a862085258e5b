import { useEffect, useState } from 'react';
import type { HoldfastEvent } from '../../shared/contract/event';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import { useHoldfastStore } from './use-holdfast';

/** How often an answer is reloaded. */
export interface Pace {
  /** Minimum time between two loads because of events: not every event is worth one. */
  readonly afterEvents: Ms;
  /** Reload after this long even without events: a chart gets its next bucket, a process grows. */
  readonly anyway: Ms;
  /** Where set, an answer that takes long is asked for less often: waiting for it is one part in 25 of the time, or less. */
  readonly isCostly?: boolean;
  /** Whether an event may change the answer. */
  isNews(event: HoldfastEvent): boolean;
}

/** What a costly answer costs is at most one part in so many of the time. */
const PARTS = 25;
const LONGEST_REST: Ms = MINUTE;

const USUAL: Pace = { afterEvents: 10 * SECOND, anyway: MINUTE, isNews: () => true };

/**
 * Keeps an answer that is not streamed up to date: loads it when the component appears, after every snapshot, while events
 * arrive that may change it, and every now and then; see {@link Pace}. One load at a time; a failed one is retried. It
 * loads nothing before the first snapshot, and once in a window that nobody can see. The store's clock drives it.
 *
 * @param load - one of the store's actions, or a memoized call of one; a new function means a new answer
 * @param pace - a constant; by default every minute, and at most every 10 s while events arrive
 * @returns the last failure; null once it loads again
 */
export function useRefresh(load: () => Promise<void>, pace: Pace = USUAL): unknown {
  const store = useHoldfastStore();
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    let busy = false;
    let rest = 0;
    let ended = false;
    let last = { at: 0, generation: 0 };
    let seen = store.getState().seq;
    let isOutdated = false;
    const check = () => {
      const { seq, events, generation } = store.getState();
      if (seq !== seen) {
        isOutdated ||= events.some((event) => event.seq > seen && pace.isNews(event));
        seen = seq;
      }
      // What nobody can see is loaded when it can be seen again: the store's clock ticks then.
      if (document.visibilityState === 'hidden' && generation === last.generation) return;
      const age = performance.now() - last.at;
      const isRested = age >= Math.min(rest, LONGEST_REST);
      const isDue = age >= pace.anyway || (isOutdated && age >= pace.afterEvents);
      const due = generation !== last.generation || (isDue && isRested);
      if (busy || generation === 0 || !due) return;
      busy = true;
      isOutdated = false;
      last = { at: performance.now(), generation };
      load()
        .then(
          () => !ended && setError(null),
          (failure: unknown) => {
            isOutdated = true;
            if (!ended) setError(failure);
          },
        )
        .finally(() => {
          busy = false;
          if (pace.isCostly) rest = (performance.now() - last.at) * PARTS;
        });
    };
    check();
    const unsubscribe = store.subscribe(check);
    return () => {
      ended = true;
      unsubscribe();
    };
  }, [store, load, pace]);

  return error;
}
