import { useCallback, useState } from 'react';
import type { EventKind, HoldfastEvent } from '../../../shared/contract/event';
import type { GapTotals } from '../../../shared/contract/history';
import type { Span } from '../../charts/chart-spec';
import { useActions } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';

const PAGE = 200;

export interface HistoryEvents {
  /** Newest first; null until the first page has loaded. */
  readonly events: readonly HoldfastEvent[] | null;
  readonly hasMore: boolean;
  /** Of the whole time, not only of the events that are loaded. */
  readonly gaps: GapTotals | null;
  readonly error: unknown;
  loadOlder(): void;
}

interface Loaded {
  readonly of: string;
  readonly events: readonly HoldfastEvent[];
  readonly hasMore: boolean;
  readonly gaps: GapTotals | null;
}

/**
 * The events of a stretch of time, kept up to date, with older pages on demand.
 *
 * @param kinds - only these; null means all. Must be a stable array.
 */
export function useHistoryEvents({ from, to }: Span, kinds: EventKind[] | null): HistoryEvents {
  const { loadHistoryEvents } = useActions();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  // As time passes, a range moves on while its length stays: that is the same list.
  const of = `${to - from} ${kinds?.join() ?? ''}`;
  const load = useCallback(
    (before?: HoldfastEvent) =>
      loadHistoryEvents({
        from,
        to,
        limit: PAGE,
        gaps: before === undefined,
        ...(kinds && { kinds }),
        ...(before && { before: { at: before.at, seq: before.seq } }),
      }),
    [loadHistoryEvents, from, to, kinds],
  );
  const error = useRefresh(
    useCallback(async () => {
      const { events, has_more, gaps } = await load();
      setLoaded((before) => {
        const fresh = { of, events, hasMore: has_more, gaps };
        return before?.of === of ? { ...fresh, ...withOlder(fresh, before, from) } : fresh;
      });
    }, [load, of, from]),
  );
  const loadOlder = useCallback(() => {
    const last = loaded?.events.at(-1);
    if (!last) return;
    load(last).then(
      ({ events, has_more }) => {
        setFailure(null);
        setLoaded((before) => {
          if (before?.of !== of || before.events.at(-1)?.seq !== last.seq) return before;
          return { ...before, events: [...before.events, ...events], hasMore: has_more };
        });
      },
      (reason: unknown) => setFailure(reason),
    );
  }, [loaded, load, of]);
  return {
    events: loaded?.events ?? null,
    hasMore: loaded?.hasMore ?? false,
    gaps: loaded?.gaps ?? null,
    error: error ?? failure,
    loadOlder,
  };
}

/** A fresh first page with the older ones known before, if the two meet; otherwise the fresh page alone. */
export function withOlder(
  fresh: Pick<Loaded, 'events' | 'hasMore'>,
  before: Pick<Loaded, 'events' | 'hasMore'>,
  from: number,
): Pick<Loaded, 'events' | 'hasMore'> {
  const oldest = fresh.events.at(-1);
  const place = before.events.findIndex(({ seq }) => seq === oldest?.seq);
  if (place < 0) return fresh;
  const older = before.events.slice(place + 1).filter(({ at }) => at >= from);
  return older.length === 0 ? fresh : { events: [...fresh.events, ...older], hasMore: before.hasMore };
}
