import type { Ms } from '../../../../shared/model/units';
import type { Strip, StripItem } from './strip-model';

/** The pointer selects a mark when it is this near, in pixels. */
const NEAR = 7;

/**
 * What is under the pointer: the nearest mark if one is near, otherwise the segment.
 *
 * @param x - from the left edge of the strip, in pixels
 * @param width - of the strip, in pixels
 */
export function itemAt(strip: Strip, items: readonly StripItem[], x: number, width: number): StripItem | null {
  if (width <= 0) return null;
  const length = strip.to - strip.from;
  const place = (at: Ms) => ((at - strip.from) / length) * width;
  let nearest: StripItem | null = null;
  let distance = NEAR;
  for (const item of items) {
    if (!('at' in item)) continue;
    const away = Math.abs(place(item.at) - x);
    if (away > distance) continue;
    nearest = item;
    distance = away;
  }
  if (nearest) return nearest;
  const at = strip.from + (x / width) * length;
  return items.find((item) => !('at' in item) && item.from <= at && at <= item.to) ?? null;
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
