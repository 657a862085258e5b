import type { HistoryBucket } from '../../shared/contract/history';

const known = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);

/** Attached sessions on average over the buckets in which Holdfast ran; null when it did not. */
export function liveAverage(buckets: readonly HistoryBucket[]): number | null {
  const averages = known(buckets.map((bucket) => bucket.live_average));
  return averages.length > 0 ? averages.reduce((sum, value) => sum + value, 0) / averages.length : null;
}

/** Most sessions attached at one time; null when Holdfast did not run. */
export function livePeak(buckets: readonly HistoryBucket[]): number | null {
  const peaks = known(buckets.map((bucket) => bucket.live_peak));
  return peaks.length > 0 ? Math.max(...peaks) : null;
}
