import type { HistoryBucket } from '../../shared/contract/history';
import { t } from '../../shared/messages/language';
import type { Ms } from '../../shared/model/units';

/**
 * Why nothing is known of a bucket: the machine slept for most of it, Holdfast was not running, or it had never run yet,
 * which is nothing to be marked.
 */
export type BucketGap = 'asleep' | 'not running' | 'before';

/** The gap that a bucket lies in; null when it was observed. */
export function bucketGap({ observed, asleep_ms, before_first_start }: HistoryBucket, size: Ms): BucketGap | null {
  if (observed) return null;
  if (before_first_start) return 'before';
  return asleep_ms >= size / 2 ? 'asleep' : 'not running';
}

export const GAP_WORDS: Readonly<Record<BucketGap, string>> = {
  asleep: t('charts.gap.asleep'),
  'not running': t('charts.gap.not_running'),
  before: t('charts.gap.before'),
};
