import type { HistoryBucket } from '../../../shared/contract/history';
import type { Ms } from '../../../shared/model/units';
import { bucketGap } from '../../charts/bucket-gap';
import { livePeak } from '../../charts/live-buckets';

/** Totals of some buckets. */
export interface Totals {
  readonly reconnects: number;
  readonly rejected: number;
  readonly disconnected: number;
  readonly created: number;
  readonly serverStops: number;
  readonly calls: number;
  readonly errors: number;
  /** Most sessions attached at one time; null if Holdfast was never running. */
  readonly livePeak: number | null;
  /** How long Holdfast was not running. */
  readonly notRunning: Ms;
  /** How long the machine slept so that nothing is known. */
  readonly asleep: Ms;
}

const reconnectsOf = ({ reconnects }: HistoryBucket): number =>
  reconnects.resumed + reconnects.restored + reconnects.reinitialized + reconnects.token + reconnects.taken_over;

/** Adds up buckets of one size. */
export function sumUp(buckets: readonly HistoryBucket[], bucket: Ms): Totals {
  const sum = (value: (bucket: HistoryBucket) => number) => buckets.reduce((total, one) => total + value(one), 0);
  return {
    reconnects: sum(reconnectsOf),
    rejected: sum((one) => one.rejected),
    disconnected: sum((one) => one.disconnected),
    created: sum((one) => one.created),
    serverStops: sum((one) => one.server_stops),
    calls: sum((one) => one.calls),
    errors: sum((one) => one.errors),
    livePeak: livePeak(buckets),
    notRunning: sum((one) => (bucketGap(one, bucket) === 'not running' ? bucket : 0)),
    asleep: sum((one) => (bucketGap(one, bucket) === 'asleep' ? bucket : 0)),
  };
}
