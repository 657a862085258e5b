import { useCallback, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import type { Activity, ActivityPage } from '../../../shared/contract/activity';
import type { Input } from '../../../shared/contract/index';
import { type Ms, SECOND } from '../../../shared/model/units';
import { onNextFrame } from '../../store/frame';
import { type Found, LONGEST_LAG, PacedRefresh } from '../../store/paced-refresh';
import type { HoldfastState } from '../../store/state';
import { useActions, useHoldfast, useHoldfastStore } from '../../store/use-holdfast';
import { type ActivityFilter, queryOf } from './activity-place';
import { foundIn, newerThan, newestRows, type RowWindow, withNewer, withNewest, withOlder } from './row-window';
import { ROW_HEIGHT } from './use-kept-place';

/** Rows of one request. */
const PAGE = 300;
/** What is new is counted so far, and as what has come only grows, not any further. */
const MOST_FRESH = 1_000;
/** The longest time between two counts of what is new. */
const LONGEST_COUNT: Ms = 10 * SECOND;
/** What is new is shown within two seconds, and what that takes. */
const OVERDUE: Ms = LONGEST_LAG + 2 * SECOND;
const rowsInSight = (): number => Math.ceil(window.innerHeight / ROW_HEIGHT);
/** More than the rows that a window of this height draws, and those that make it ask for older ones. */
const rowsAtOnce = (): number => Math.min(PAGE, rowsInSight() + 64);

/** Whether something was called since the state before. */
function hasNews({ seq, events }: HoldfastState, before: HoldfastState): boolean {
  if (seq === before.seq) return false;
  const last = events.findLast(({ kind }) => kind === 'call_completed');
  return last !== undefined && last.seq > before.seq;
}

/** Settles once what was set before is on the screen, so that drawing it counts as cost. */
const drawn = (): Promise<void> => new Promise((resolve) => onNextFrame(() => setTimeout(resolve)));

export interface ShownActivity {
  /** Newest first. */
  readonly rows: readonly Activity[];
  /** See {@link RowWindow.top}. */
  readonly top: number;
  /** Null until the first page has come. */
  readonly hasOlder: boolean | null;
  /** How many have come since the newest row; counted to 1,000. */
  readonly fresh: number;
  /** How far the rows may be behind what is called, while they follow it. */
  readonly lag: Lag;
  readonly error: unknown;
  /** Loads the next older page, once at a time. */
  older(): void;
  /** Loads the next newer page, if the rows do not reach as far. */
  newer(): void;
  /** Shows the newest again. */
  toNewest(): void;
}

/** In whole seconds. */
export interface Lag {
  /** How often what is new comes in; 0 if about once a second or more often. */
  readonly every: number;
  /** How long something waits to be shown for which an update is overdue; 0 if none is. */
  readonly behind: number;
}

type Which = 'newer' | 'older' | 'news';

/**
 * What was called, newest first: a window of at most 3,000 rows that moves both ways. While it `follows`, what is new comes in
 * at once as long as the page is visible, and less often the more that costs, at least every two seconds; when there is more of
 * it than fits on the screen, the newest take the place of all. Otherwise the rows stay as they are, and what is new is counted.
 * A change of the filter starts anew.
 *
 * @param filter - the same object as long as it says the same
 */
export function useActivity(filter: ActivityFilter, follows: boolean): ShownActivity {
  const { loadActivity, loadActivityNews } = useActions();
  const store = useHoldfastStore();
  const generation = useHoldfast((state) => state.generation);
  const [shown, setShown] = useState<RowWindow | null>(null);
  const [isKnown, setKnown] = useState(false);
  const [fresh, setFresh] = useState(0);
  const [every, setEvery] = useState(0);
  const [behind, setBehind] = useState(0);
  const [error, setError] = useState<unknown>(null);
  /** Which filter the rows belong to: an answer for another one comes too late. */
  const turn = useRef(0);
  const busy = useRef(new Set<Which>());
  /** When the last refresh began. */
  const refreshedAt = useRef(0);

  /** @returns the answer, if it came and was taken */
  const once = useCallback(async <T>(which: Which, ask: () => Promise<T>, take: (answer: T) => void) => {
    if (busy.current.has(which)) return null;
    busy.current.add(which);
    const own = turn.current;
    try {
      const answer = await ask();
      if (own !== turn.current) return null;
      take(answer);
      setError(null);
      return answer;
    } catch (failure) {
      if (own === turn.current) setError(failure);
      return null;
    } finally {
      if (own === turn.current) busy.current.delete(which);
    }
  }, []);
  const page = useCallback(
    (place: Partial<Pick<Input<'activity.list'>, 'before' | 'after' | 'newest' | 'limit'>>): Promise<ActivityPage> =>
      loadActivity({ ...queryOf(filter), limit: PAGE, ...place }),
    [loadActivity, filter],
  );

  const first = useCallback(
    () =>
      once(
        'newer',
        () => page({}),
        (found) => {
          setShown((known) => newestRows(found, known?.top));
          setKnown(true);
          setFresh(0);
        },
      ),
    [once, page],
  );
  /** Answers from another turn are dropped, so whatever is asked for now comes at once. */
  const startAnew = useCallback(() => {
    turn.current += 1;
    busy.current = new Set();
    return first();
  }, [first]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: after a gap in the stream, rows may be missing
  useEffect(() => {
    setKnown(false);
    void startAnew();
  }, [startAnew, generation]);

  const newest = useCallback(
    ({ through }: RowWindow) =>
      once(
        'newer',
        () => page({ after: through, newest: true, limit: rowsAtOnce() }),
        (found) => {
          setShown((known) => known && withNewest(known, found, through));
          setFresh(0);
        },
      ),
    [once, page],
  );
  const newer = useCallback(
    (window: RowWindow) => {
      const after = newerThan(window);
      return once(
        'newer',
        () => page({ after }),
        (found) => {
          setShown((known) => known && withNewer(known, found, after));
          setFresh(0);
        },
      );
    },
    [once, page],
  );
  const count = useCallback(
    (window: RowWindow) =>
      once(
        'news',
        () => loadActivityNews({ ...queryOf(filter), after: newerThan(window) }),
        ({ count: found }) => setFresh(found),
      ),
    [once, loadActivityNews, filter],
  );
  const refresh = useEffectEvent(async (): Promise<Found> => {
    const begin = performance.now();
    const time = begin - refreshedAt.current;
    refreshedAt.current = begin;
    let found: Found = 'something';
    if (!isKnown || !shown) await first();
    else if (follows && !shown.hasNewer) found = foundIn(await newest(shown), time, rowsInSight());
    else if (fresh < MOST_FRESH) await count(shown);
    else return 'nothing';
    await drawn();
    return found;
  });
  const longest = useEffectEvent(() => (follows ? LONGEST_LAG : LONGEST_COUNT));
  // What is asked for another way starts its pace anew.
  useEffect(() => {
    const paced = new PacedRefresh({
      refresh: () => refresh(),
      isSeen: () => document.visibilityState === 'visible',
      longest: () => longest(),
      // In between it stays as it is, so that the note does not come and go.
      onPeriod: (period) =>
        setEvery((known) => (period >= LONGEST_LAG ? LONGEST_LAG / SECOND : period < SECOND ? 0 : known)),
    });
    if (follows) paced.want();
    // Not everything that is called is an event, so it is asked for every second as well.
    const unsubscribe = store.subscribe((state, before) => {
      const isTick = state.now !== before.now;
      if (isTick || (follows && hasNews(state, before))) paced.want();
      if (isTick) setBehind(paced.lag > OVERDUE ? Math.floor(paced.lag / SECOND) : 0);
    });
    return () => {
      unsubscribe();
      paced.close();
      setEvery(0);
      setBehind(0);
    };
  }, [store, follows]);

  return {
    rows: shown?.rows ?? [],
    top: shown?.top ?? 0,
    hasOlder: isKnown && shown ? shown.hasOlder : null,
    fresh,
    lag: useMemo(() => ({ every, behind }), [every, behind]),
    error,
    older: useCallback(() => {
      const last = shown?.rows.at(-1);
      if (!shown?.hasOlder || !last) return;
      void once(
        'older',
        () => page({ before: last.activity_id }),
        (found) => setShown((known) => known && withOlder(known, found, last.activity_id)),
      );
    }, [shown, once, page]),
    newer: useCallback(() => {
      if (shown?.hasNewer) void newer(shown);
    }, [shown, newer]),
    toNewest: useCallback(() => void startAnew(), [startAnew]),
  };
}
