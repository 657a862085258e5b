import type { KeyboardEvent } from 'react';

const PAGE_ROWS = 10;

const ARROWS: Readonly<Record<string, string>> = { j: 'ArrowDown', J: 'ArrowDown', k: 'ArrowUp', K: 'ArrowUp' };

/**
 * What a key does in the list: the row to go to, or an action; null if it does nothing here.
 *
 * @param singleKeys - whether letters are keys, too: J and K for the arrows
 */
export function keyAction(
  key: string,
  position: number,
  count: number,
  singleKeys: boolean,
): number | 'open' | 'escape' | null {
  switch ((singleKeys && ARROWS[key]) || key) {
    case 'ArrowDown':
      return position + 1;
    case 'ArrowUp':
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
    default:
      return null;
  }
}

export interface GridKeys {
  /** The row that the keys start from; -1 if there is none. */
  readonly position: number;
  readonly count: number;
  readonly singleKeys: boolean;
  /** @param index - of a row that is there */
  onMove(index: number): void;
  /** Enter was pressed. */
  onOpen(): void;
  onEscape(): void;
}

/** The keys of a grid that holds the focus itself. */
export function onGridKey(event: KeyboardEvent, keys: GridKeys): void {
  // Buttons inside the grid have their own keys.
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  const { position, count, singleKeys } = keys;
  const act = keyAction(event.key, position, count, singleKeys);
  if (act === null) return;
  event.preventDefault();
  if (act === 'open') keys.onOpen();
  else if (act === 'escape') keys.onEscape();
  else if (count > 0) keys.onMove(Math.max(0, Math.min(count - 1, act)));
}
