import type { ReactNode } from 'react';
import type { HistoryBucket } from '../../../shared/contract/history';
import { t } from '../../../shared/messages/language';
import type { Ms } from '../../../shared/model/units';
import { formatNumber } from '../../format/number';
import { formatDuration } from '../../format/time';
import { activityHash } from '../activity/activity-place';
import { sumUp } from './totals';

/** Totals of the time in view, and how long Holdfast was not running or the machine slept. Dashes until anything is known. */
export function TotalsLine({ buckets, bucket }: { buckets: readonly HistoryBucket[]; bucket: Ms }) {
  const span = { from: buckets[0]?.at ?? null, to: (buckets.at(-1)?.at ?? 0) + bucket };
  const totals = sumUp(buckets, bucket);
  const count = (value: number | null) => (value === null || buckets.length === 0 ? '–' : formatNumber(value));
  const facts: [label: string, value: string, aside?: ReactNode][] = [
    [
      t('history.totals.reconnects'),
      count(totals.reconnects),
      totals.rejected > 0 ? t('history.totals.refused', { count: totals.rejected }) : '',
    ],
    [t('history.totals.disconnects'), count(totals.disconnected)],
    [t('history.totals.created'), count(totals.created)],
    [t('history.totals.server_stops'), count(totals.serverStops)],
    [t('history.totals.most'), count(totals.livePeak)],
    [
      t('history.totals.calls'),
      count(totals.calls),
      totals.errors > 0 && <FailedLink count={totals.errors} span={span} />,
    ],
  ];
  return (
    <div className="flex flex-col gap-1">
      <dl aria-label={t('history.totals')} className="flex flex-wrap gap-x-6 gap-y-2 min-[1500px]:gap-x-10">
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
        {totals.asleep > 0 && `${t('history.asleep', { length: formatDuration(totals.asleep) })} `}
        {totals.notRunning > 0 &&
          (totals.notRunning >= buckets.length * bucket
            ? t('history.never_running')
            : t('history.not_running', { length: formatDuration(totals.notRunning) }))}
      </p>
    </div>
  );
}

/** Leads to the calls that failed in this time. */
const FailedLink = ({ count, span }: { count: number; span: { from: Ms | null; to: Ms } }) => (
  <a
    href={activityHash({ ...span, failed: true })}
    className="rounded text-danger underline decoration-dotted underline-offset-2 hover:decoration-solid"
  >
    {t('history.totals.failed', { count })}
  </a>
);
