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
