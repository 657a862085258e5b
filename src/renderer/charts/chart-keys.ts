/** How many buckets PageUp and PageDown move. */
const PAGE = 10;

/**
 * Where a key moves a chart's cursor; the keys are those of a slider.
 *
 * @param index - the bucket under the cursor; if null, the first step enters at the newest or oldest bucket
 * @param count - number of buckets
 * @returns the new index, null to remove the cursor, undefined for a key that does nothing
 */
export function moveCursor(key: string, index: number | null, count: number): number | null | undefined {
  if (count === 0) return undefined;
  const at = (to: number) => Math.min(count - 1, Math.max(0, to));
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return at((index ?? count) - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return at((index ?? -1) + 1);
    case 'PageDown':
      return at((index ?? count) - PAGE);
    case 'PageUp':
      return at((index ?? -1) + PAGE);
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'Escape':
      return null;
    default:
      return undefined;
  }
}
