// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, memo, useCallback, useEffect, useMemo, useRef } from 'react';
import type { Activity } from '../../../shared/contract/activity';
import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { onGridKey } from '../../ui/grid-keys';
import { COLUMNS } from './activity-columns';
import { ROW_HEIGHT, useKeptPlace } from './use-kept-place';
import { type WaterfallScale, waterfallScale } from './waterfall-scale';
import './activity.css';

const HEADER_HEIGHT = 36;
/** So near to an end, more rows are loaded. */
const NEAR_END = 40;

const NO_SCALE: WaterfallScale = { from: 0, to: 0, step: 0 };

const rowId = (id: number): string => `activity-row-${id}`;

interface ActivityTableProps {
  /** Newest first. */
  rows: readonly Activity[];
  /** Number of the first row, by which it is known on the screen; the next ones count down from it. */
  top: number;
  /** The row that the keys start from. */
  cursor: number | null;
  onMove(id: number): void;
  onOpen(id: number): void;
  onEscape(): void;
  onNearEnd(): void;
  onNearStart(): void;
  onScrolled(isAwayFromTop: boolean): void;
}

/** A grid that draws only visible rows. One tab stop; arrows or J and K move, Enter opens, Esc closes. */
export function ActivityTable(props: ActivityTableProps) {
  const { rows, top, cursor, onMove, onOpen, onNearEnd, onNearStart } = props;
  const singleKeys = useHoldfast((state) => state.singleKeys);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => rows[index]?.activity_id ?? index, [rows]),
    estimateSize: () => ROW_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    scrollPaddingEnd: ROW_HEIGHT / 2,
    overscan: 12,
  });
  useKeptPlace(rows, virtualizer);
  const items = virtualizer.getVirtualItems();
  const { startIndex = 0, endIndex = -1 } = virtualizer.range ?? {};
  const { from, to, step } = waterfallScale(rows.slice(startIndex, endIndex + 1)) ?? NO_SCALE;
  const scale = useMemo(() => (step === 0 ? null : { from, to, step }), [from, to, step]);
  const onClick = useCallback(
    (id: number) => {
      scroller.current?.focus({ preventScroll: true });
      onOpen(id);
    },
    [onOpen],
  );
  const lastDrawn = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastDrawn >= rows.length - NEAR_END) onNearEnd();
  }, [lastDrawn, rows.length, onNearEnd]);
  const firstDrawn = items[0]?.index ?? 0;
  useEffect(() => {
    if (firstDrawn < NEAR_END) onNearStart();
  }, [firstDrawn, onNearStart]);

  const position = cursor === null ? -1 : rows.findIndex(({ activity_id }) => activity_id === cursor);
  const onKeyDown = (event: KeyboardEvent) =>
    onGridKey(event, {
      position,
      count: rows.length,
      singleKeys,
      onMove(index) {
        virtualizer.scrollToIndex(index);
        const row = rows[index];
        if (row) onMove(row.activity_id);
      },
      onOpen: () => cursor !== null && onOpen(cursor),
      onEscape: props.onEscape,
    });

  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={0}
      aria-label={t('activity.label')}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={position >= 0 && cursor !== null ? rowId(cursor) : undefined}
      aria-description={t('activity.keys')}
      onKeyDown={onKeyDown}
      onScroll={() => props.onScrolled((scroller.current?.scrollTop ?? 0) > ROW_HEIGHT / 2)}
      className="activity-list scroll-area h-full focus-visible:outline-offset-[-2px]"
    >
      <div role="rowgroup" className="sticky top-0 z-10">
        <div
          role="row"
          aria-rowindex={1}
          style={{ height: HEADER_HEIGHT }}
          className="activity-columns border-line border-b bg-canvas font-medium text-ink-3 text-xs"
        >
          {COLUMNS.map(({ id, title, heading }) => (
            <div role="columnheader" key={id} data-column={id} className="flex min-w-0 items-center">
              {heading ? <span className="sr-only">{title}</span> : <span className="truncate">{title}</span>}
              {heading?.(scale)}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows[index];
          return (
            row && (
              <ActivityRow
                key={top - index}
                row={row}
                index={index}
                start={start}
                scale={scale}
                isChosen={row.activity_id === cursor}
                onClick={onClick}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface ActivityRowProps {
  row: Activity;
  index: number;
  /** Pixels from the top of all rows. */
  start: number;
  scale: WaterfallScale | null;
  isChosen: boolean;
  onClick(id: number): void;
}

/** Drawn again only when it changes itself: a fast scroll brings dozens of rows a frame. */
const ActivityRow = memo(function ActivityRow({ row, index, start, scale, isChosen, onClick }: ActivityRowProps) {
  /** Another row may take this place while the button is down: what was meant is the one that was there. */
  const pressed = useRef(row.activity_id);
  const onRowClick = ({ detail }: MouseEvent) => {
    // Without a pointer, as from a screen reader, nothing was pressed before.
    onClick(detail === 0 ? row.activity_id : pressed.current);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid around it takes the keys
    <div
      role="row"
      id={rowId(row.activity_id)}
      data-outcome={row.outcome}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      onPointerDown={() => {
        pressed.current = row.activity_id;
      }}
      onClick={onRowClick}
      style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
      className={cx(
        'activity-columns absolute inset-x-0 top-0 border-line border-b text-sm',
        isChosen ? 'bg-selected' : 'hover:bg-hover',
      )}
    >
      {COLUMNS.map(({ id, cell }) => (
        <div
          role="gridcell"
          key={id}
          data-column={id}
          className="flex min-w-0 items-center overflow-hidden whitespace-nowrap"
        >
          {cell(row, scale)}
        </div>
      ))}
    </div>
  );
});
