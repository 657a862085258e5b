import { useEffect, useMemo, useRef } from 'react';
import type { EventKind, HoldfastEvent } from '../../../../shared/contract/event';
import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { type Ms, SECOND } from '../../../../shared/model/units';
import { describeEvent } from '../../../format/event-words';
import { formatClock, formatDateTime, formatDuration } from '../../../format/time';
import { useActions, useHoldfast, useRoute } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { ErrorNote } from '../../../ui/error-note';
import { EventMark } from '../../../ui/event-mark';
import { EventDetail, EventTitle, hasDetail } from '../../../ui/event-text';
import { Segmented } from '../../../ui/segmented';
import { TimelineExport } from './timeline-export';
import { buildTimeline, CHANGE_KINDS, gapHeight, type TimelineItem, withShared } from './timeline-model';
import { useSharedEvents } from './use-shared-events';
import { type SessionTimeline, useTimeline } from './use-timeline';

const MODES = [
  { value: 'changes', label: t('timeline.changes') },
  { value: 'all', label: t('timeline.all') },
  { value: 'failed', label: t('timeline.failed') },
] as const;
type Mode = (typeof MODES)[number]['value'];
const CALLS: readonly EventKind[] = ['call_completed'];
const KINDS_OF: Readonly<Record<Mode, readonly EventKind[] | null>> = {
  changes: CHANGE_KINDS,
  all: null,
  failed: CALLS,
};
/** Failed calls are few among many, so as many calls as one page can hold are looked through. */
const MOST = 500;
/** Pages that are loaded to find an event. */
const MOST_PAGES = 10;
const hasFailed = (event: HoldfastEvent): boolean => event.kind === 'call_completed' && !event.payload.ok;

/** What happened to a session and why, newest first, with the time its client was away drawn as a band. */
export function Timeline({ session }: { session: Session }) {
  const { params } = useRoute();
  const { setParams } = useActions();
  const mode = MODES.find(({ value }) => value === params.show)?.value ?? 'changes';
  const setMode = (next: Mode) => setParams({ show: next === 'changes' ? '' : next });
  return (
    <section aria-label={t('timeline.title')}>
      <div className="flex flex-wrap items-center justify-between gap-2 px-5 pt-4 pb-2">
        <h3 className="font-semibold text-ink">{t('timeline.title')}</h3>
        <div className="flex items-center gap-1">
          <Segmented label={t('timeline.shows')} value={mode} options={MODES} onChange={setMode} />
          <TimelineExport
            sessionId={session.session_id}
            kinds={KINDS_OF[mode]}
            fits={mode === 'failed' ? hasFailed : () => true}
          />
        </div>
      </div>
      <TimelineList key={mode} session={session} mode={mode} />
    </section>
  );
}

function TimelineList({ session, mode }: { session: Session; mode: Mode }) {
  const timeline = useTimeline(session.session_id, KINDS_OF[mode], mode === 'failed' ? MOST : undefined);
  const here = useEventInTime(timeline);
  const isGone = session.status === 'disconnected';
  const now = useHoldfast((state) => (isGone ? state.now : 0));
  const shared = useSharedEvents(session, timeline.events);
  const items = useMemo(() => {
    if (!timeline.events) return [];
    if (mode === 'failed') return buildTimeline(timeline.events.filter(hasFailed), null, now);
    return buildTimeline(withShared(timeline.events, shared, timeline.hasMore), session, now);
  }, [mode, timeline.events, timeline.hasMore, shared, session, now]);
  return (
    <div className="px-5 pb-6">
      {timeline.error !== null && (
        <div className="mb-3 flex flex-col items-start gap-2">
          <ErrorNote error={timeline.error} />
          <Button size="sm" onClick={timeline.retry}>
            {t('ui.try_again')}
          </Button>
        </div>
      )}
      <ol className="flex flex-col">
        {items.map((item) => (
          <TimelineEntry key={item.key} item={item} here={here} />
        ))}
      </ol>
      {timeline.events && items.length === 0 && (
        <p className="text-ink-3 text-sm">{t(mode === 'failed' ? 'timeline.none.failed' : 'timeline.none')}</p>
      )}
      {timeline.hasMore && (
        <Button size="sm" className="mt-3" onClick={timeline.loadOlder}>
          {t('ui.show_older')}
        </Button>
      )}
    </div>
  );
}

/**
 * The event that the address names, which is scrolled to; null for none. Older pages are loaded until it is there, ten at
 * most.
 */
function useEventInTime({ events, hasMore, loadOlder }: SessionTimeline): number | null {
  const { params } = useRoute();
  const seq = params.event && /^\d{1,15}$/.test(params.event) ? Number(params.event) : null;
  const loads = useRef(0);
  const isOlder = seq !== null && hasMore && (events?.at(-1)?.seq ?? 0) > seq;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page may still be too young
  useEffect(() => {
    if (!isOlder || loads.current >= MOST_PAGES) return;
    loads.current += 1;
    loadOlder();
  }, [isOlder, events]);
  return seq;
}

function TimelineEntry({ item, here }: { item: TimelineItem; here: number | null }) {
  if (item.type === 'day') {
    return <li className="pt-3 pb-1 font-medium text-ink-3 text-xs first:pt-0">{item.day}</li>;
  }
  if (item.type === 'gap') return <Gap ms={item.ms} open={item.open} />;
  if (item.type === 'asleep') return <Asleep from={item.from} to={item.to} />;
  return <EventEntry event={item.event} away={item.away} isHere={item.event.seq === here} />;
}

function Gap({ ms, open }: { ms: number; open: boolean }) {
  return (
    <li
      data-gap={open ? 'open' : 'closed'}
      style={{ minHeight: gapHeight(ms) }}
      className="my-0.5 ms-[4.125rem] flex items-center rounded border-disconnected border-s-2 border-dashed bg-disconnected-soft px-3 py-1 font-medium text-disconnected text-sm"
    >
      {open && ms < SECOND
        ? t('timeline.away')
        : t(open ? 'timeline.away.so_far' : 'timeline.away.for', { length: formatDuration(ms) })}
    </li>
  );
}

function Asleep({ from, to }: { from: Ms; to: Ms }) {
  return (
    <li
      data-gap="asleep"
      title={`${formatDateTime(from)} – ${formatDateTime(to)}`}
      style={{ minHeight: gapHeight(to - from) }}
      className="my-0.5 ms-[4.125rem] flex items-center rounded border-line-strong border-s-2 border-double bg-sunken px-3 py-1 font-medium text-ink-2 text-sm"
    >
      {t('timeline.asleep', { length: formatDuration(to - from), time: formatClock(to) })}
    </li>
  );
}

function EventEntry({ event, away, isHere }: { event: HoldfastEvent; away: boolean; isHere: boolean }) {
  const entry = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isHere) entry.current?.scrollIntoView({ block: 'center' });
  }, [isHere]);
  const words = describeEvent(event);
  const isCall = event.kind === 'call_completed';
  return (
    <li
      ref={entry}
      data-event={event.kind}
      data-away={away || undefined}
      aria-current={isHere || undefined}
      className={cx('flex gap-2.5 py-1 text-sm', isHere && '-mx-2 rounded bg-selected px-2')}
    >
      <time
        dateTime={new Date(event.at).toISOString()}
        title={formatDateTime(event.at)}
        className="w-14 shrink-0 text-ink-3 text-xs leading-5"
      >
        {formatClock(event.at)}
      </time>
      <EventMark kind={event.kind} tone={words.tone} className="mt-[3px]" />
      <div className={cx('min-w-0', isCall && 'flex flex-1 justify-between gap-3')}>
        <p className="break-words font-medium text-ink">
          <EventTitle words={words} />
        </p>
        {hasDetail(words) && (
          <p className={cx('break-words', isCall ? 'text-ink-3' : 'text-ink-2')}>
            <EventDetail words={words} />
          </p>
        )}
      </div>
    </li>
  );
}
