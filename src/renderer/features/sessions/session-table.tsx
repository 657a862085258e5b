// biome-ignore-all lint/a11y/useSemanticElements: a list that draws only its visible rows is an ARIA grid, not a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names its row by aria-activedescendant
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { useHoldfast } from '../../store/use-holdfast';
import { onGridKey } from '../../ui/grid-keys';
import type { Order } from './order';
import { HEADER_HEIGHT, SessionHeader } from './session-header';
import { ROW_HEIGHT, rowElementId, SessionRow } from './session-row';
import './sessions.css';

/** Scrolled further than this, the user is reading: rows stay where they are. */
const TOP_ZONE = ROW_HEIGHT / 2;

export interface SessionTableProps {
  /** In order. */
  sessions: readonly Session[];
  order: Order;
  onOrder(order: Order): void;
  /** The row that the keys start from. */
  cursor: string | null;
  onMove(sessionId: string): void;
  onOpen(sessionId: string): void;
  onEscape(): void;
  onScrolled(isAwayFromTop: boolean): void;
}

/** A grid that draws only visible rows. One tab stop; arrows or J and K move, Enter opens, Esc closes. */
export function SessionTable(props: SessionTableProps) {
  const { sessions, cursor, onMove, onOpen, onScrolled } = props;
  const singleKeys = useHoldfast((state) => state.singleKeys);
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: sessions.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    scrollPaddingEnd: ROW_HEIGHT / 2,
    overscan: 8,
  });

  const position = cursor === null ? -1 : sessions.findIndex((session) => session.session_id === cursor);
  const wasAway = useRef(false);
  const noticeScroll = () => {
    const isAway = (scroller.current?.scrollTop ?? 0) > TOP_ZONE;
    if (isAway !== wasAway.current) {
      wasAway.current = isAway;
      onScrolled(isAway);
    }
  };

  const onKeyDown = (event: KeyboardEvent) =>
    onGridKey(event, {
      position,
      count: sessions.length,
      singleKeys,
      onMove(index) {
        virtualizer.scrollToIndex(index);
        const target = sessions[index];
        if (target) onMove(target.session_id);
      },
      onOpen: () => cursor !== null && onOpen(cursor),
      onEscape: props.onEscape,
    });

  // Scroll to a session that was opened by a link or after a reload, once.
  const shownFirst = useRef(false);
  useEffect(() => {
    if (shownFirst.current || sessions.length === 0) return;
    shownFirst.current = true;
    if (position > 0) virtualizer.scrollToIndex(position, { align: 'center' });
  }, [sessions.length, position, virtualizer]);

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
      aria-label={t('sessions.label')}
      aria-rowcount={sessions.length + 1}
      aria-activedescendant={position >= 0 && cursor !== null ? rowElementId(cursor) : undefined}
      aria-description={t('sessions.count', { count: sessions.length })}
      onKeyDown={onKeyDown}
      onScroll={noticeScroll}
      className="session-list scroll-area h-full focus-visible:outline-offset-[-2px]"
    >
      <SessionHeader order={props.order} onOrder={props.onOrder} />
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const session = sessions[index];
          return (
            session && (
              <SessionRow
                key={session.session_id}
                session={session}
                index={index}
                top={start}
                selected={session.session_id === cursor}
                onPick={pick}
              />
            )
          );
        })}
      </div>
    </div>
  );
}
