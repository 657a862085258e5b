import type { ReactNode } from 'react';
import type { HistoryBucket } from '../../../shared/contract/history';
import type { Ms } from '../../../shared/model/units';
import { formatNumber } from '../../format/number';
import { formatDuration } from '../../format/time';
import { routeHash } from '../../store/route';
import { sumUp } from './totals';

/** Totals of the time in view, and how long Holdfast was not running or the machine slept. Dashes until anything is known. */
export function TotalsLine({ buckets, bucket }: { buckets: readonly HistoryBucket[]; bucket: Ms }) {
  const totals = sumUp(buckets, bucket);
  const count = (value: number | null) => (value === null || buckets.length === 0 ? '–' : formatNumber(value));
  const facts: [label: string, value: string, aside?: ReactNode][] = [
    ['Reconnects', count(totals.reconnects), totals.rejected > 0 ? `${formatNumber(totals.rejected)} refused` : ''],
    ['Disconnects', count(totals.disconnected)],
    ['New sessions', count(totals.created)],
    ['Server stops', count(totals.serverStops)],
    ['Most connected', count(totals.livePeak)],
    ['Calls', count(totals.calls), totals.errors > 0 && <FailedLink count={totals.errors} />],
  ];
  return (
    <div className="flex flex-col gap-1">
      <dl aria-label="Totals" className="flex flex-wrap gap-x-6 gap-y-2 min-[1500px]:gap-x-10">
        {facts.map(([label, value, aside]) => (
          <div key={label} className="flex min-w-16 flex-col whitespace-nowrap">
            <dt className="text-ink-3 text-sm">{label}</dt>
            <dd className="font-semibold text-ink text-xl tracking-tight">
              {value} {aside && <span className="font-normal text-ink-2 text-sm tracking-normal">{aside}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <p className="min-h-5 text-ink-2 text-sm">
        {totals.asleep > 0 && `The machine was asleep for ${formatDuration(totals.asleep)} of this time. `}
        {totals.notRunning > 0 &&
          (totals.notRunning >= buckets.length * bucket
            ? 'Holdfast was not running during this time, so nothing is known about it.'
            : `Holdfast was not running for ${formatDuration(totals.notRunning)} of this time.`)}
      </p>
    </div>
  );
}

/** Leads to the sessions that have failed calls. */
const FailedLink = ({ count }: { count: number }) => (
  <a
    href={routeHash({ view: 'sessions', id: null, params: { q: 'errors:>0' } })}
    className="rounded text-danger underline decoration-dotted underline-offset-2 hover:decoration-solid"
  >
    {formatNumber(count)} failed
  </a>
);
