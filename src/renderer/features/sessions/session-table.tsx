// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { onGridKey } from '../../ui/grid-keys';
import { GROUP_HEIGHT, GroupRow } from './group-row';
import type { Order } from './order';
import type { ListRow } from './session-groups';
import { HEADER_HEIGHT, SessionHeader } from './session-header';
import { type Picking, ROW_HEIGHT, rowElementId, SessionRow } from './session-row';
import type { ChosenSessions } from './use-ticks';
import './sessions.css';

/** Scrolled further than this, the user is reading: rows stay where they are. */
const TOP_ZONE = ROW_HEIGHT / 2;

export interface SessionTableProps {
  /** In order, with the headings of groups if there are any. */
  rows: readonly ListRow[];
  ticks: ChosenSessions;
  order: Order;
  onOrder(order: Order): void;
  /** The row that the keys start from. */
  cursor: string | null;
  onMove(sessionId: string): void;
  onOpen(sessionId: string): void;
  onEscape(): void;
  onScrolled(isAwayFromTop: boolean): void;
}

/**
 * A grid that draws only visible rows. One tab stop; arrows or J and K move, Enter opens, Esc closes. Space, Shift with the
 * arrows and Ctrl+A choose rows, and Shift+Space those of the row's group.
 */
export function SessionTable(props: SessionTableProps) {
  const { rows, ticks, cursor, onMove, onOpen, onScrolled } = props;
  const singleKeys = useHoldfast((state) => state.singleKeys);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => heightOf(rows[index]),
    scrollPaddingStart: HEADER_HEIGHT,
    scrollPaddingEnd: ROW_HEIGHT / 2,
    overscan: 8,
  });

  const places = useMemo(() => rows.flatMap((row, index) => ('session' in row ? [index] : [])), [rows]);
  const idAt = (position: number): string | null => {
    const row = rows[places[position] ?? -1];
    return row && 'session' in row ? row.session.session_id : null;
  };
  const count = places.length;
  const position = cursor === null ? -1 : places.findIndex((_, at) => idAt(at) === cursor);
  const latest = useRef({ ticks, onOpen });
  useLayoutEffect(() => {
    latest.current = { ticks, onOpen };
  });
  // Measured once a row; the heights change when headings come or go.
  useLayoutEffect(() => {
    void rows;
    virtualizer.measure();
  }, [rows, virtualizer]);
  const wasAway = useRef(false);
  const noticeScroll = () => {
    const isAway = (scroller.current?.scrollTop ?? 0) > TOP_ZONE;
    if (isAway !== wasAway.current) {
      wasAway.current = isAway;
      onScrolled(isAway);
    }
  };

  const goTo = (index: number): string | null => {
    const id = idAt(index);
    if (id === null) return null;
    // The heading above the first row of all would stay out of sight.
    virtualizer.scrollToIndex(index === 0 ? 0 : (places[index] ?? 0));
    onMove(id);
    return id;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.target === event.currentTarget ? tickingBy(event) : null;
    if (act !== null && count > 0) {
      event.preventDefault();
      if (act === 'all') ticks.all();
      else if ((act === 'one' || act === 'group') && cursor !== null && position >= 0)
        ticks.toggle(act === 'group' ? groupOf(rows, cursor) : [cursor]);
      else if (act === 'up' || act === 'down') {
        const next = position < 0 ? 0 : Math.max(0, Math.min(count - 1, position + (act === 'up' ? -1 : 1)));
        const id = goTo(next);
        if (id !== null) ticks.reach(id);
      }
      return;
    }
    onGridKey(event, {
      position,
      count,
      singleKeys,
      onMove: goTo,
      onOpen: () => cursor !== null && onOpen(cursor),
      onEscape: () => (ticks.chosen.length > 0 ? ticks.only([]) : props.onEscape()),
    });
  };

  // Scroll to a session that was opened by a link or after a reload, once.
  const shownFirst = useRef(false);
  useEffect(() => {
    if (shownFirst.current || count === 0) return;
    shownFirst.current = true;
    if (position > 0) virtualizer.scrollToIndex(places[position] ?? 0, { align: 'center' });
  }, [count, position, places, virtualizer]);

  const pick = useCallback((sessionId: string, how: Picking) => {
    scroller.current?.focus({ preventScroll: true });
    const { ticks, onOpen } = latest.current;
    if (how === 'open') onOpen(sessionId);
    else if (how === 'reach') ticks.reach(sessionId);
    else ticks.toggle([sessionId]);
  }, []);
  const tickGroup = (sessionIds: readonly string[]) => {
    scroller.current?.focus({ preventScroll: true });
    ticks.toggle(sessionIds);
  };
  const isAll = ticks.chosen.length === count;

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t('sessions.label')}
      aria-multiselectable
      aria-rowcount={rows.length + 1}
      aria-activedescendant={position >= 0 && cursor !== null ? rowElementId(cursor) : undefined}
      aria-description={t('sessions.count', { count })}
      onKeyDown={onKeyDown}
      onScroll={noticeScroll}
      className="session-list scroll-area h-full focus-visible:outline-offset-[-2px]"
    >
      <SessionHeader
        order={props.order}
        onOrder={props.onOrder}
        ticked={isAll ? true : ticks.chosen.length > 0 ? 'some' : false}
        onTickAll={() => {
          scroller.current?.focus({ preventScroll: true });
          if (isAll) ticks.only([]);
          else ticks.all();
        }}
      />
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          if ('group' in row) {
            const { group } = row;
            const chosen = group.sessions.filter(({ session_id }) => ticks.ids.has(session_id)).length;
            return (
              <GroupRow key={group.id} group={group} index={index} top={start} chosen={chosen} onTick={tickGroup} />
            );
          }
          const { session } = row;
          return (
            <SessionRow
              key={session.session_id}
              session={session}
              index={index}
              top={start}
              isCursor={session.session_id === cursor}
              ticked={ticks.ids.has(session.session_id)}
              onPick={pick}
            />
          );
        })}
      </div>
    </div>
  );
}

const heightOf = (row: ListRow | undefined): number => (row && 'group' in row ? GROUP_HEIGHT : ROW_HEIGHT);

/** The sessions under the same heading, or this one alone where there are none. */
function groupOf(rows: readonly ListRow[], sessionId: string): string[] {
  for (const row of rows) {
    if (!('group' in row)) continue;
    const ids = row.group.sessions.map(({ session_id }) => session_id);
    if (ids.includes(sessionId)) return ids;
  }
  return [sessionId];
}

type Ticking = 'all' | 'one' | 'group' | 'up' | 'down';

/** What a key does to the choice of rows; null if nothing. */
function tickingBy({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): Ticking | null {
  if (altKey) return null;
  if (ctrlKey || metaKey) return key === 'a' || key === 'A' ? 'all' : null;
  if (key === ' ') return shiftKey ? 'group' : 'one';
  if (shiftKey && key === 'ArrowDown') return 'down';
  return shiftKey && key === 'ArrowUp' ? 'up' : null;
}
