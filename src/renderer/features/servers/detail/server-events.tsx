import { useCallback, useState } from 'react';
import type { EventKind } from '../../../../shared/contract/event';
import { t } from '../../../../shared/messages/language';
import { DAY, MINUTE, SECOND } from '../../../../shared/model/units';
import { describeEvent } from '../../../format/event-words';
import { formatNumber } from '../../../format/number';
import { useActions } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';
import { ErrorNote } from '../../../ui/error-note';
import { EventMark } from '../../../ui/event-mark';
import { EventDetail, EventTitle, hasDetail } from '../../../ui/event-text';
import { RelativeTime } from '../../../ui/relative-time';
import { type EventFold, foldEvents } from '../../history/fold-events';

const KINDS: EventKind[] = [
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_unavailable',
  'server_session_renewed',
  'server_tool_changed',
  'server_version_changed',
  'server_change_accepted',
  'server_configured',
  'login_needed',
  'logged_in',
  'logged_out',
];
/** Of all servers together; more than this are not looked through. */
const LOOKED_AT = 500;
const SHOWN = 20;
const PACE: Pace = { afterEvents: SECOND, anyway: 10 * MINUTE, isNews: ({ kind }) => KINDS.includes(kind) };

/** What happened to one server within the last day, newest first; what repeats is one line. */
export function ServerEvents({ name }: { name: string }) {
  const { loadHistoryEvents } = useActions();
  const [folds, setFolds] = useState<readonly EventFold[] | null>(null);
  const load = useCallback(async () => {
    const now = Date.now();
    const found = await loadHistoryEvents({ from: now - DAY, to: now + 1, kinds: KINDS, limit: LOOKED_AT });
    const own = found.events.filter(({ payload }) => 'server' in payload && payload.server === name);
    setFolds(foldEvents(own).slice(0, SHOWN));
  }, [loadHistoryEvents, name]);
  const error = useRefresh(load, PACE);
  return (
    <section aria-label={t('servers.events')} className="flex flex-col gap-2">
      <h3 className="font-semibold text-ink">{t('servers.events')}</h3>
      {error !== null && <ErrorNote error={error} />}
      {folds?.length === 0 && <p className="text-ink-3 text-sm">{t('servers.events_none')}</p>}
      <ol className="flex flex-col gap-2">
        {folds?.map((fold) => (
          <EventLine key={fold.event.seq} fold={fold} />
        ))}
      </ol>
    </section>
  );
}

function EventLine({ fold: { event, count } }: { fold: EventFold }) {
  const words = describeEvent(event);
  return (
    <li className="flex items-start gap-2.5 text-sm">
      <EventMark kind={event.kind} tone={words.tone} className="mt-0.5 shrink-0" />
      <span className="min-w-0 flex-1">
        <span className="break-words text-ink">
          <EventTitle words={words} />
          {count > 1 && ` ${formatNumber(count)}×`}
        </span>
        {hasDetail(words) && (
          <span className="block break-words text-ink-2">
            <EventDetail words={words} />
          </span>
        )}
      </span>
      <RelativeTime at={event.at} coarse className="shrink-0 whitespace-nowrap text-ink-3" />
    </li>
  );
}
