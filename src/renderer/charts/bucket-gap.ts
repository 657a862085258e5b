import type { HistoryBucket } from '../../shared/contract/history';
import type { Ms } from '../../shared/model/units';

/** Why nothing is known of a bucket: the machine slept for most of it, or Holdfast was not running. */
export type BucketGap = 'asleep' | 'not running';

/** The gap that a bucket lies in; null when it was observed. */
export function bucketGap({ observed, asleep_ms }: HistoryBucket, size: Ms): BucketGap | null {
  if (observed) return null;
  return asleep_ms >= size / 2 ? 'asleep' : 'not running';
}

export const GAP_WORDS: Readonly<Record<BucketGap, string>> = {
  asleep: 'The machine was asleep',
  'not running': 'Holdfast was not running',
};
