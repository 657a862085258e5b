/** Buckets that PageUp and PageDown move over. */
const PAGE = 10;

/**
 * Where a key moves the cursor of a chart, as a slider's keys do.
 *
 * @param index - the bucket under the cursor, or null: then the first step enters at the newest or the oldest bucket
 * @param count - number of buckets
 * @returns the new index, null to take the cursor away, undefined for a key that moves nothing
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
