import { useCallback, useRef, useState } from 'react';
import { SECOND } from '../../../shared/model/units';
import { type Pace, useRefresh } from '../../store/use-refresh';

/** The command line and the tray change such things, too, and no event tells. */
const PACE: Pace = { afterEvents: 5 * SECOND, anyway: 5 * SECOND, isNews: () => false };

/** What is asked for and shown in one place only. */
export interface Answer<T> {
  /** Null until it first arrives. */
  readonly answer: T | null;
  /** The last failure of asking; null once it works again. */
  readonly error: unknown;
  /** Shows what a change answered; an older answer that arrives later is dropped. Rejects as the change does. */
  take(change: Promise<T>): Promise<T>;
}

/**
 * Asks every few seconds.
 * @param ask one of the store's actions
 */
export function useAnswer<T>(ask: () => Promise<T>): Answer<T> {
  const [answer, setAnswer] = useState<T | null>(null);
  const changes = useRef(0);
  const load = useCallback(async () => {
    const before = changes.current;
    const next = await ask();
    if (before === changes.current) setAnswer(next);
  }, [ask]);
  const error = useRefresh(load, PACE);
  const take = useCallback(async (change: Promise<T>) => {
    changes.current += 1;
    const next = await change;
    changes.current += 1;
    setAnswer(next);
    return next;
  }, []);
  return { answer, error, take };
}
