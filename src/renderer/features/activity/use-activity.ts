import { useCallback, useEffect, useRef, useState } from 'react';
import type { Activity } from '../../../shared/contract/activity';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type ActivityFilter, queryOf } from './activity-place';

/** Rows of one request. */
const PAGE = 300;
/** More rows than that are not scrolled through: a filter finds what is older. */
const MOST_ROWS = 20_000;

type Take = (found: readonly Activity[], more: boolean) => void;

export interface ShownActivity {
  /** Newest first. */
  readonly rows: readonly Activity[];
  /** Null until the first page has come. */
  readonly hasOlder: boolean | null;
  readonly error: unknown;
  /** Loads the next older page, once at a time. */
  older(): void;
}

/**
 * What was called, newest first. Follows what happens, once a second while the window is visible; with `isPaused` the rows
 * stay as they are. A change of the filter starts anew.
 *
 * @param filter - the same object as long as it says the same
 */
export function useActivity(filter: ActivityFilter, isPaused: boolean): ShownActivity {
  const { loadActivity } = useActions();
  const now = useHoldfast((state) => state.now);
  const generation = useHoldfast((state) => state.generation);
  const [rows, setRows] = useState<readonly Activity[]>([]);
  const [hasOlder, setHasOlder] = useState<boolean | null>(null);
  const [error, setError] = useState<unknown>(null);
  /** Which filter the rows belong to: an answer for another one comes too late. */
  const turn = useRef(0);
  const busy = useRef({ newer: false, older: false });

  const load = useCallback(
    async (which: 'newer' | 'older', place: { before?: number; after?: number }, take: Take) => {
      if (busy.current[which]) return;
      busy.current[which] = true;
      const own = turn.current;
      try {
        const page = await loadActivity({ ...queryOf(filter), ...place, limit: PAGE });
        if (own !== turn.current) return;
        take(page.activity, page.has_more);
        setError(null);
      } catch (failure) {
        if (own === turn.current) setError(failure);
      } finally {
        if (own === turn.current) busy.current[which] = false;
      }
    },
    [loadActivity, filter],
  );
  const loadFirst = useCallback(
    () =>
      load('newer', {}, (found, more) => {
        setRows(found);
        setHasOlder(more);
      }),
    [load],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: after a gap in the stream, rows may be missing
  useEffect(() => {
    turn.current += 1;
    busy.current = { newer: false, older: false };
    setHasOlder(null);
    void loadFirst();
  }, [loadFirst, generation]);

  const newest = rows[0]?.activity_id ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the clock ticks once a second
  useEffect(() => {
    if (hasOlder === null) void loadFirst();
    else if (!isPaused) {
      void load('newer', { after: newest }, (found) => {
        if (found.length > 0) setRows((known) => [...found.toReversed(), ...known].slice(0, MOST_ROWS));
      });
    }
  }, [now, isPaused]);

  const older = useCallback(() => {
    const last = rows.at(-1);
    if (!hasOlder || !last || rows.length >= MOST_ROWS) return;
    void load('older', { before: last.activity_id }, (found, more) => {
      setRows((known) => [...known, ...found]);
      setHasOlder(more);
    });
  }, [rows, hasOlder, load]);

  return { rows, hasOlder, error, older };
}
