// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only the rows in sight is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
import { type SortingState, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import type { Session } from '../../../shared/contract/session';
import { formatCount } from '../../format/number';
import { cx } from '../../ui/cx';
import { COLUMNS, FEATURES } from './columns';
import { ROW_HEIGHT, rowElementId, SessionRow } from './session-row';
import './sessions.css';

const HEADER_HEIGHT = 36;
const PAGE_ROWS = 10;
/** Further than this from the top the person is reading: rows stay where they are. */
const TOP_ZONE = ROW_HEIGHT / 2;

export interface SessionTableProps {
  sessions: readonly Session[];
  sorting: SortingState;
  onSort(sorting: SortingState): void;
  /** The row that the keys start from. */
  cursor: string | null;
  onMove(sessionId: string): void;
  onOpen(sessionId: string): void;
  onEscape(): void;
  onSlash(): void;
  onScrolled(isAwayFromTop: boolean): void;
}

/** A grid that draws only the rows in sight. One stop of the Tab key; arrows or J and K move, Enter opens, Esc closes. */
export function SessionTable(props: SessionTableProps) {
  const { sessions, sorting, cursor, onSort, onMove, onOpen, onScrolled } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const table = useTable({
    features: FEATURES,
    columns: COLUMNS,
    data: sessions as Session[],
    getRowId: (session) => session.session_id,
    enableSortingRemoval: false,
    enableMultiSort: false,
    state: { sorting },
    onSortingChange: (change) => onSort(typeof change === 'function' ? change(sorting) : change),
  });
  const { rows } = table.getRowModel();
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    scrollPaddingEnd: ROW_HEIGHT / 2,
    overscan: 8,
  });

  const position = cursor === null ? -1 : rows.findIndex((row) => row.id === cursor);
  const wasAway = useRef(false);
  const noticeScroll = () => {
    const isAway = (scroller.current?.scrollTop ?? 0) > TOP_ZONE;
    if (isAway !== wasAway.current) {
      wasAway.current = isAway;
      onScrolled(isAway);
    }
  };

  const moveTo = (index: number) => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (!target) return;
    virtualizer.scrollToIndex(target.index === index ? index : rows.indexOf(target));
    onMove(target.id);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Sort buttons inside the grid have their own keys.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keyAction(event.key, position, rows.length);
    if (act === null) return;
    event.preventDefault();
    if (typeof act === 'number') moveTo(act);
    else if (act === 'open' && cursor !== null) onOpen(cursor);
    else if (act === 'escape') props.onEscape();
    else if (act === 'slash') props.onSlash();
  };

  // A session opened by a link or after a reload is brought into sight, once.
  const shownFirst = useRef(false);
  useEffect(() => {
    if (shownFirst.current || rows.length === 0) return;
    shownFirst.current = true;
    if (position > 0) virtualizer.scrollToIndex(position, { align: 'center' });
  }, [rows.length, position, virtualizer]);

  const pick = useCallback(
    (sessionId: string) => {
      scroller.current?.focus({ preventScroll: true });
      onOpen(sessionId);
    },
    [onOpen],
  );

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label="Sessions"
      aria-rowcount={rows.length + 1}
      aria-activedescendant={position >= 0 && cursor !== null ? rowElementId(cursor) : undefined}
      aria-description={`${formatCount(rows.length, 'session')}. Arrow keys move, Enter opens.`}
      onKeyDown={onKeyDown}
      onScroll={noticeScroll}
      className="session-list scroll-area h-full focus-visible:outline-offset-[-2px]"
    >
      <SessionHeader headers={table.getHeaderGroups()[0]?.headers ?? []} />
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <SessionRow
                key={row.id}
                session={row.original}
                index={index}
                top={start}
                selected={row.id === cursor}
                onPick={pick}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

/** What a key means: the row to go to, or something to do; null when it means nothing here. */
export function keyAction(key: string, position: number, count: number): number | 'open' | 'escape' | 'slash' | null {
  switch (key) {
    case 'ArrowDown':
    case 'j':
    case 'J':
      return position + 1;
    case 'ArrowUp':
    case 'k':
    case 'K':
      return position < 0 ? count - 1 : position - 1;
    case 'PageDown':
      return position + PAGE_ROWS;
    case 'PageUp':
      return position - PAGE_ROWS;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Enter':
      return 'open';
    case 'Escape':
      return 'escape';
    case '/':
      return 'slash';
    default:
      return null;
  }
}

type SessionHeaders = ReturnType<
  ReturnType<typeof useTable<typeof FEATURES, Session>>['getHeaderGroups']
>[number]['headers'];

function SessionHeader({ headers }: { headers: SessionHeaders }) {
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        style={{ height: HEADER_HEIGHT }}
        className="session-columns border-line border-b bg-canvas font-medium text-ink-3 text-xs"
      >
        {headers.map(({ id, column }) => {
          const direction = column.getIsSorted();
          const Arrow = direction === 'desc' ? ArrowDown : ArrowUp;
          const title = String(column.columnDef.header);
          return (
            <div
              role="columnheader"
              key={id}
              data-column={id}
              aria-sort={direction === 'desc' ? 'descending' : direction === 'asc' ? 'ascending' : undefined}
              className="flex min-w-0 items-center"
            >
              {column.getCanSort() ? (
                <button
                  type="button"
                  onClick={() => column.toggleSorting()}
                  className={cx(
                    '-mx-1.5 inline-flex h-6 min-w-0 items-center gap-1 rounded px-1.5 hover:bg-sunken hover:text-ink',
                    direction && 'text-ink',
                  )}
                >
                  <span className="truncate">{title}</span>
                  {direction && <Arrow size={12} aria-hidden className="shrink-0" />}
                </button>
              ) : (
                title
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
