import type { Virtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useReducer, useRef } from 'react';
import type { Activity } from '../../../shared/contract/activity';
import { shiftOf } from './row-window';

/** Height of every row, in pixels. */
export const ROW_HEIGHT = 32;

/**
 * Keeps the rows where they are on the screen while others come or go above them. At the top it does nothing, so that what is
 * new is seen.
 */
export function useKeptPlace(rows: readonly Activity[], virtualizer: Virtualizer<HTMLDivElement, Element>): void {
  const before = useRef(rows);
  const [, drawAgain] = useReducer((turn: number) => turn + 1, 0);
  useLayoutEffect(() => {
    const shift = shiftOf(before.current, rows) * ROW_HEIGHT;
    before.current = rows;
    const scroller = virtualizer.scrollElement;
    if (shift === 0 || !scroller || scroller.scrollTop <= ROW_HEIGHT / 2) return;
    scroller.scrollTop += shift;
    // The scroll event comes after the next frame, which would be empty.
    virtualizer.scrollOffset = scroller.scrollTop;
    drawAgain();
  }, [rows, virtualizer]);
}
