const PAGE_ROWS = 10;

/** What a key does in the list: the row to go to, or an action; null if it does nothing here. */
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
