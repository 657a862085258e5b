import type { HistoryBucket } from '../../shared/contract/history';

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** Average number of attached sessions over the buckets in which Holdfast was running; null if there are none. */
export function liveAverage(buckets: readonly HistoryBucket[]): number | null {
  const averages = known(buckets.map((bucket) => bucket.live_average));
  return averages.length > 0 ? averages.reduce((sum, value) => sum + value, 0) / averages.length : null;
}

/** Most sessions attached at one time; null if Holdfast was not running. */
export function livePeak(buckets: readonly HistoryBucket[]): number | null {
  const peaks = known(buckets.map((bucket) => bucket.live_peak));
  return peaks.length > 0 ? Math.max(...peaks) : null;
}
