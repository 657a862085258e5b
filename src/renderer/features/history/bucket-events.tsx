import { Fragment, useMemo, useState } from 'react';
import type { HoldfastEvent } from '../../../shared/contract/event';
import type { GapTotals } from '../../../shared/contract/history';
import { t } from '../../../shared/messages/language';
import { shortId } from '../../../shared/model/ids';
import type { Ms } from '../../../shared/model/units';
import type { Span } from '../../charts/chart-spec';
import { describeEvent } from '../../format/event-words';
import { formatNumber } from '../../format/number';
import { formatClock, formatDateTime, formatDay, formatDuration, formatShortClock } from '../../format/time';
import { sessionInPlace } from '../../format/words';
import { routeHash } from '../../store/route';
import { useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ErrorNote } from '../../ui/error-note';
import { EventMark } from '../../ui/event-mark';
import { EventDetail, EventTitle, hasDetail } from '../../ui/event-text';
import { ScrollRegion } from '../../ui/scroll-region';
import { Segmented } from '../../ui/segmented';
import { activityHash } from '../activity/activity-place';
import { EVENT_FILTERS, type EventFilter, kindsOf } from './event-kinds';
import { type EventFold, foldEvents } from './fold-events';
import { useHistoryEvents } from './use-history-events';

export interface BucketEventsProps {
  span: Span;
  /** The time in words. */
  when: string;
  /** Goes back to everything in view; omitted when that is what is listed. */
  onClear?: () => void;
}

/** What happened in a stretch of time, newest first, each event with a link to its session. */
export function BucketEvents({ span, when, onClear }: BucketEventsProps) {
  const [filter, setFilter] = useState<EventFilter>('story');
  const list = useHistoryEvents(span, kindsOf(filter));
  const { events, hasMore, gaps, error } = list;
  const rows = useMemo(() => (filter === 'all' ? asTheyAre(events ?? []) : foldEvents(events ?? [])), [events, filter]);
  return (
    <Card title={t('history.events')} bodyClassName="flex min-h-0 flex-col">
      <div className="border-line border-b px-4 py-2">
        <Segmented label={t('history.events.which')} value={filter} options={EVENT_FILTERS} onChange={setFilter} />
      </div>
      <div className="flex min-h-11 items-center justify-between gap-2 border-line border-b px-4 py-1.5 text-sm">
        <p role="status" className="min-w-0">
          <span className="block font-medium text-ink">{when}</span>
          <span className="block text-ink-3">
            {events && [countWords(events.length, hasMore), gapWords(gaps)].filter(Boolean).join(' · ')}
          </span>
          <a href={activityHash(span)} className="inline-flex min-h-6 items-center rounded text-accent hover:underline">
            {t('history.events.calls')}
          </a>
        </p>
        {onClear && (
          <Button size="sm" variant="ghost" onClick={onClear}>
            {t('history.events.clear')}
          </Button>
        )}
      </div>
      {error !== null && <ErrorNote error={error} className="m-3" />}
      <ScrollRegion label={t('history.events.list')} className="min-h-40 min-[1100px]:h-[calc(100vh-17.75rem)]">
        {events?.length === 0 && <p className="px-4 py-6 text-center text-ink-3">{t('history.events.none')}</p>}
        <ol className="flex flex-col">
          {rows.map((row, index) => (
            <Fragment key={row.event.seq}>
              {formatDay(row.event.at) !== formatDay(rows[index - 1]?.event.at ?? span.from) && (
                <Day at={row.event.at} />
              )}
              <EventRow {...row} />
            </Fragment>
          ))}
        </ol>
        {hasMore && (
          <Button size="sm" className="m-3" onClick={list.loadOlder}>
            {t('ui.show_older')}
          </Button>
        )}
      </ScrollRegion>
    </Card>
  );
}

const asTheyAre = (events: readonly HoldfastEvent[]): readonly EventFold[] =>
  events.map((event) => ({ event, count: 1, oldest: event }));

const countWords = (count: number, more: boolean): string =>
  t(more ? 'history.events.latest' : 'history.events.count', { count });

/** How long clients were away in the gaps that ended here; empty if there were none. */
export function gapWords(gaps: GapTotals | null): string {
  if (gaps === null || gaps.count === 0) return '';
  return t('history.events.gaps', {
    count: gaps.count,
    longest: formatDuration(gaps.longest_ms),
    total: formatDuration(gaps.total_ms),
  });
}

const Day = ({ at }: { at: Ms }) => (
  <li className="border-line border-b bg-sunken px-4 py-1 font-medium text-ink-2 text-sm">{formatDay(at)}</li>
);

function EventRow({ event, count, oldest }: EventFold) {
  const words = describeEvent(event);
  return (
    <li className="flex gap-2.5 border-line border-b px-4 py-2 text-sm last:border-b-0">
      <EventMark kind={event.kind} tone={words.tone} className="mt-[3px]" />
      <div className="min-w-0 flex-1">
        <p className="flex justify-between gap-3">
          <span className="min-w-0 break-words font-medium text-ink">
            <EventTitle words={words} />
            {count > 1 && ` ${formatNumber(count)}×`}
          </span>
          <time
            dateTime={new Date(event.at).toISOString()}
            title={formatDateTime(event.at)}
            className="shrink-0 text-ink-3"
          >
            {count > 1 ? minutes(oldest.at, event.at) : formatClock(event.at)}
          </time>
        </p>
        {hasDetail(words) && (
          <p className="break-words text-ink-2">
            <EventDetail words={words} />
          </p>
        )}
        {event.session_id && <SessionLink id={event.session_id} />}
      </div>
    </li>
  );
}

function SessionLink({ id }: { id: string }) {
  const name = useHoldfast((state) => {
    const session = state.sessions.get(id);
    return session ? sessionInPlace(session) : null;
  });
  return (
    <a
      href={routeHash({ view: 'sessions', id, params: {} })}
      className="inline-flex min-h-6 max-w-full items-center gap-1.5 rounded text-accent hover:underline"
    >
      <span translate={name === null ? undefined : 'no'} className="truncate">
        {name ?? t('history.events.session')}
      </span>
      <span translate="no" className="font-mono text-xs">
        {shortId(id)}
      </span>
    </a>
  );
}

/** `10:02–10:29`, or the one minute that all of it happened in. */
function minutes(from: Ms, to: Ms): string {
  const [first, last] = [formatShortClock(from), formatShortClock(to)];
  return first === last ? first : `${first}–${last}`;
}
