import { useCallback, useEffect, useRef, useState } from 'react';
import type { Activity, ActivityPage } from '../../../shared/contract/activity';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type ActivityFilter, queryOf } from './activity-place';
import { newerThan, newestRows, type RowWindow, withNewer, withOlder } from './row-window';

/** Rows of one request. */
const PAGE = 300;

export interface ShownActivity {
  /** Newest first. */
  readonly rows: readonly Activity[];
  /** Null until the first page has come. */
  readonly hasOlder: boolean | null;
  /** How many have come since the newest row; counted to 1,000. */
  readonly fresh: number;
  readonly error: unknown;
  /** Loads the next older page, once at a time. */
  older(): void;
  /** Loads the next newer page, if the rows do not reach as far. */
  newer(): void;
  /** Shows the newest again. */
  toNewest(): void;
}

type Which = 'newer' | 'older' | 'news';

/**
 * What was called, newest first: a window of at most 3,000 rows that moves both ways. While it `follows`, what is new comes in
 * once a second as long as the page is visible; when there is more of it than a page, the newest page takes the place of all.
 * Otherwise the rows stay as they are, and what is new is counted. A change of the filter starts anew.
 *
 * @param filter - the same object as long as it says the same
 */
export function useActivity(filter: ActivityFilter, follows: boolean): ShownActivity {
  const { loadActivity, loadActivityNews } = useActions();
  const now = useHoldfast((state) => state.now);
  const generation = useHoldfast((state) => state.generation);
  const [shown, setShown] = useState<RowWindow | null>(null);
  const [isKnown, setKnown] = useState(false);
  const [fresh, setFresh] = useState(0);
  const [error, setError] = useState<unknown>(null);
  /** Which filter the rows belong to: an answer for another one comes too late. */
  const turn = useRef(0);
  const busy = useRef(new Set<Which>());

  const once = useCallback(async <T>(which: Which, ask: () => Promise<T>, take: (answer: T) => void) => {
    if (busy.current.has(which)) return;
    busy.current.add(which);
    const own = turn.current;
    try {
      const answer = await ask();
      if (own !== turn.current) return;
      take(answer);
      setError(null);
    } catch (failure) {
      if (own === turn.current) setError(failure);
    } finally {
      if (own === turn.current) busy.current.delete(which);
    }
  }, []);
  const page = useCallback(
    (place: { before?: number; after?: number }): Promise<ActivityPage> =>
      loadActivity({ ...queryOf(filter), ...place, limit: PAGE }),
    [loadActivity, filter],
  );

  const first = useCallback(
    () =>
      once(
        'newer',
        () => page({}),
        (found) => {
          setShown(newestRows(found));
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

  const newer = useCallback(
    (window: RowWindow, isNext: boolean) =>
      once(
        'newer',
        async () => {
          const found = await page({ after: newerThan(window) });
          return found.has_more && !isNext ? newestRows(await page({})) : found;
        },
        (found) => {
          if ('rows' in found) setShown(found);
          else setShown((known) => known && withNewer(known, found));
          setFresh(0);
        },
      ),
    [once, page],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock ticks once a second
  useEffect(() => {
    if (!isKnown || !shown) void first();
    else if (follows && !shown.hasNewer) void newer(shown, false);
    else
      void once(
        'news',
        () => loadActivityNews({ ...queryOf(filter), after: newerThan(shown) }),
        ({ count }) => setFresh(count),
      );
  }, [now, follows]);

  return {
    rows: shown?.rows ?? [],
    hasOlder: isKnown && shown ? shown.hasOlder : null,
    fresh,
    error,
    older: useCallback(() => {
      const last = shown?.rows.at(-1);
      if (!shown?.hasOlder || !last) return;
      void once(
        'older',
        () => page({ before: last.activity_id }),
        (found) => setShown((known) => known && withOlder(known, found)),
      );
    }, [shown, once, page]),
    newer: useCallback(() => {
      if (shown?.hasNewer) void newer(shown, true);
    }, [shown, newer]),
    toNewest: useCallback(() => void startAnew(), [startAnew]),
  };
}
