import { useCallback, useEffect, useState } from 'react';
import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import { useActions, useHoldfast, useHoldfastStore } from '../../../store/use-holdfast';
import { joinEvents } from './timeline-model';

const PAGE = 100;

export interface SessionTimeline {
  /** Newest first; null until the first page has loaded. */
  readonly events: readonly HoldfastEvent[] | null;
  readonly hasMore: boolean;
  readonly error: unknown;
  loadOlder(): void;
  retry(): void;
}

interface Page {
  readonly events: readonly HoldfastEvent[];
  readonly hasMore: boolean;
}

/**
 * The events of one session: pages from the log, continued by the live stream. It starts over after every snapshot, since
 * events may have been missed.
 *
 * @param kinds - only these; null means all. Must be a stable array.
 * @param page - events per page
 */
export function useTimeline(sessionId: string, kinds: readonly EventKind[] | null, page = PAGE): SessionTimeline {
  const store = useHoldfastStore();
  const { loadTimeline } = useActions();
  const generation = useHoldfast((state) => state.generation);
  const ring = useHoldfast((state) => state.events);
  const [loaded, setLoaded] = useState<Page | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);

  const load = useCallback(
    async (beforeSeq?: number): Promise<Page> => {
      const { events, has_more } = await loadTimeline({
        session_id: sessionId,
        limit: page,
        ...(kinds && { kinds: [...kinds] }),
        ...(beforeSeq !== undefined && { before_seq: beforeSeq }),
      });
      return { events, hasMore: has_more };
    },
    [loadTimeline, sessionId, kinds, page],
  );

  /** The page plus what the stream has brought since; kept here, because the ring forgets. */
  const continued = useCallback(
    (start: Page, events: readonly HoldfastEvent[]): Page => {
      const newest = start.events[0]?.seq ?? 0;
      const own = events.filter(
        ({ seq, session_id, kind }) =>
          seq > newest && session_id === sessionId && (kinds === null || kinds.includes(kind)),
      );
      return own.length > 0 ? { ...start, events: joinEvents(start.events, own) } : start;
    },
    [sessionId, kinds],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new snapshot or another attempt loads the same page again
  useEffect(() => {
    let dropped = false;
    load().then(
      (first) => {
        if (dropped) return;
        setLoaded(continued(first, store.getState().events));
        setError(null);
      },
      (failure: unknown) => !dropped && setError(failure),
    );
    return () => {
      dropped = true;
    };
  }, [load, continued, generation, attempt]);

  useEffect(() => setLoaded((before) => before && continued(before, ring)), [ring, continued]);

  const loadOlder = useCallback(() => {
    load(loaded?.events.at(-1)?.seq).then(
      (older) =>
        setLoaded((before) => ({ events: joinEvents(before?.events ?? [], older.events), hasMore: older.hasMore })),
      setError,
    );
  }, [load, loaded]);

  return {
    events: loaded?.events ?? null,
    hasMore: loaded?.hasMore ?? false,
    error,
    loadOlder,
    retry: () => setAttempt((count) => count + 1),
  };
}
