import type { HistoryBucket } from '../../../shared/contract/history';
import type { Ms } from '../../../shared/model/units';
import { livePeak } from '../../charts/live-buckets';

/** What some buckets come to. */
export interface Totals {
  readonly reconnects: number;
  readonly rejected: number;
  readonly disconnected: number;
  readonly created: number;
  readonly serverStops: number;
  readonly calls: number;
  readonly errors: number;
  /** Most sessions attached at one time; null when Holdfast never ran. */
  readonly livePeak: number | null;
  /** How long Holdfast did not run. */
  readonly notRunning: Ms;
}

const reconnectsOf = ({ reconnects }: HistoryBucket): number =>
  reconnects.resumed + reconnects.restored + reconnects.reinitialized + reconnects.token;

/** Adds buckets of one size up. */
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
    notRunning: sum((one) => (one.observed ? 0 : bucket)),
  };
}
