import type { Ms } from '../../../../shared/model/units';
import { marksIn, type Strip, type StripItem } from './strip-model';

/** The pointer selects a mark when it is this near, in pixels. */
const NEAR = 7;
/** In a segment that is short on the screen only a mark this much nearer, so that the segment can be pointed at, too. */
const NEAR_IN_SHORT = { share: 1 / 3, least: 2 };

/**
 * What is under the pointer: the nearest mark of the lane if one is near, otherwise the segment.
 *
 * @param server - whose lane the pointer is in; null is the client's
 * @param x - from the left edge of the strip, in pixels
 * @param width - of the strip, in pixels
 */
export function itemAt(strip: Strip, server: string | null, x: number, width: number): StripItem | null {
  if (width <= 0) return null;
  const length = strip.to - strip.from;
  const place = (at: Ms) => ((at - strip.from) / length) * width;
  const at = strip.from + (x / width) * length;
  const segment = strip.segments.find(({ from, to }) => from <= at && at <= to) ?? null;
  // Only the client's lane shows the segments.
  const shown = segment && server === null ? place(segment.to) - place(segment.from) : width;
  let nearest: StripItem | null = segment;
  let distance = Math.min(NEAR, Math.max(NEAR_IN_SHORT.least, shown * NEAR_IN_SHORT.share));
  for (const mark of marksIn(strip, server)) {
    const away = Math.abs(place(mark.at) - x);
    if (away > distance) continue;
    nearest = mark;
    distance = away;
  }
  return nearest;
}

/** Where a key leads among `count` items: an index, null for none, undefined if it does nothing here. */
export function moveItem(key: string, from: number, count: number): number | null | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return from < 0 ? last : Math.max(0, from - 1);
    case 'ArrowRight':
    case 'ArrowUp':
      return from < 0 ? last : Math.min(last, from + 1);
    case 'Home':
      return 0;
    case 'End':
      return last;
    case 'Escape':
      return from < 0 ? undefined : null;
    default:
      return undefined;
  }
}
