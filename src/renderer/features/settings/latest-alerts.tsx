import type { Alert } from '../../../shared/contract/alert';
import { t } from '../../../shared/messages/language';
import { alertSentence } from '../../../shared/model/alert-sentence';
import { formatShortClock } from '../../format/time';
import { useActions } from '../../store/use-holdfast';
import { ErrorNote } from '../../ui/error-note';
import { RelativeTime } from '../../ui/relative-time';
import { useAnswer } from './use-answer';

/** The view is about settings; all of them are a matter of the overview. */
const MOST = 5;

/** The newest alerts, and whether the user was told: what to look at when a notification did not come. */
export function LatestAlerts() {
  const { loadAlerts } = useActions();
  const { answer, error } = useAnswer<readonly Alert[]>(loadAlerts);
  const newest = (answer ?? []).slice(-MOST).reverse();
  return (
    <div className="py-3">
      <p className="font-medium text-ink">{t('notifications.latest')}</p>
      <p className="text-ink-2 text-sm">{t('notifications.latest.help')}</p>
      {error !== null && <ErrorNote error={error} className="mt-2" />}
      {newest.length === 0 ? (
        <p className="mt-1 text-ink-3 text-sm">{answer && t('notifications.latest.none')}</p>
      ) : (
        <ul aria-label={t('notifications.latest')} className="mt-1 flex flex-col gap-1">
          {newest.map((alert) => (
            <li key={alert.id} className="flex flex-wrap gap-x-3 text-sm">
              <span className="min-w-0 flex-1 basis-60 break-words text-ink">{alertSentence(alert, t)}</span>
              <span className="text-ink-3">
                <RelativeTime at={alert.since} coarse /> · {stateWords(alert)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function stateWords({ told_at, ended_at }: Alert): string {
  const state = ended_at === null ? t('notifications.latest.open') : t('notifications.latest.over');
  const told =
    told_at === null
      ? t('notifications.latest.untold')
      : t('notifications.latest.told', { time: formatShortClock(told_at) });
  return `${state} · ${told}`;
}
