import { type KeyboardEvent, type PointerEvent, useId, useMemo, useState } from 'react';
import type { Session } from '../../../../shared/contract/session';
import { t } from '../../../../shared/messages/language';
import { hasEnded } from '../../../../shared/model/session';
import { HOUR, type Ms, SECOND } from '../../../../shared/model/units';
import { useHoldfast } from '../../../store/use-holdfast';
import { ErrorNote } from '../../../ui/error-note';
import { Segmented } from '../../../ui/segmented';
import { withShared } from '../detail/timeline-model';
import { useSharedEvents } from '../detail/use-shared-events';
import { useTimeline } from '../detail/use-timeline';
import { StripExport } from './strip-export';
import { StripLanes } from './strip-lanes';
import { StripLegend } from './strip-legend';
import { buildStrip, STRIP_KINDS, type Strip, type StripItem, stripItems } from './strip-model';
import { itemAt, moveItem } from './strip-pointer';
import { edgeWords, stripItemWords, stripSummary } from './strip-words';

const SPANS = [
  { value: 'hour', label: t('strip.reach.hour') },
  { value: 'life', label: t('strip.reach.life') },
] as const;
/** The most that the log returns at once; older events count as no longer on record. */
const MOST_EVENTS = 500;
/** The strip covers at least this much time, even if the session has just begun. */
const SHORTEST: Ms = 10 * SECOND;

/**
 * The life of a session as a strip: when its client was connected, idle or away, how it came back, and what happened to its
 * servers' processes. Pointer and arrow keys go from one item to the next; to a screen reader it is a slider that describes
 * each item, with a one-sentence summary.
 */
export function SessionStrip({ session }: { session: Session }) {
  const [reach, setReach] = useState<'hour' | 'life'>('hour');
  const { events: own, hasMore, error } = useTimeline(session.session_id, STRIP_KINDS, MOST_EVENTS);
  const shared = useSharedEvents(session, own);
  const events = useMemo(() => own && withShared(own, shared, hasMore), [own, shared, hasMore]);
  // An ended session's strip stands still; a live one moves on, but not with every tick of the clock.
  const isOver = hasEnded(session.status);
  const now = useHoldfast((state) => (isOver ? (session.ended_at ?? session.last_activity) : roundUp(state.now)));
  const strip = useMemo(() => {
    const from = reach === 'hour' ? now - HOUR : Math.min(session.created_at, now - SHORTEST);
    return buildStrip(events ?? [], session, { from, to: now });
  }, [events, session, reach, now]);
  const items = useMemo(() => stripItems(strip), [strip]);
  const [pointed, setPointed] = useState<string | null>(null);
  const found = items.findIndex((item) => keyOf(strip, item) === pointed);
  const item = items[found];
  const point = (next: StripItem | null) => setPointed(next && keyOf(strip, next));
  const hint = useId();
  const summary = events === null ? '' : stripSummary(strip);

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = moveItem(event.key, found, items.length);
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    point(to === null ? null : (items[to] ?? null));
  };
  const hover = (event: PointerEvent<HTMLElement>, server: string | null) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    point(itemAt(strip, server, event.clientX - left, width));
  };

  return (
    <section aria-label={t('strip.title')} className="flex flex-col gap-2 px-5 py-4">
      <div className="flex items-center gap-2">
        <h3 className="me-auto font-semibold text-ink">{t('strip.title')}</h3>
        <StripExport session={session} strip={strip} disabled={events === null} />
        <Segmented label={t('strip.reach')} value={reach} options={SPANS} onChange={setReach} />
      </div>
      {error !== null && <ErrorNote error={error} />}
      <div
        role="slider"
        tabIndex={0}
        aria-label={t('strip.label')}
        aria-describedby={hint}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, items.length - 1)}
        aria-valuenow={found < 0 ? Math.max(0, items.length - 1) : found}
        aria-valuetext={item ? stripItemWords(strip, item) : summary}
        onKeyDown={press}
        onBlur={() => point(null)}
        className="rounded"
      >
        <StripLanes strip={strip} pointed={item ?? null} onPointer={hover} onLeave={() => point(null)} />
      </div>
      <div aria-hidden className="ps-16">
        {/* As the tracks above: time runs from left to right in every language. */}
        <div dir="ltr" data-strip-ends className="flex justify-between text-ink-3 text-xs">
          <span>{edgeWords(strip, strip.from)}</span>
          <span>{isOver ? edgeWords(strip, strip.to) : t('strip.now')}</span>
        </div>
      </div>
      <p data-strip-words className="min-h-10 text-ink-2 text-sm">
        {item ? stripItemWords(strip, item) : summary}
      </p>
      <StripLegend strip={strip} />
      <span id={hint} className="sr-only">
        {t('strip.keys', { summary })}
      </span>
    </section>
  );
}

/** One pixel of the strip is a few seconds. */
const STEP: Ms = 2_000;
const roundUp = (now: Ms) => Math.ceil(now / STEP) * STEP;

/** Stays the same while time moves on and shortens the first segment. */
const keyOf = (strip: Strip, item: StripItem): string => {
  if ('at' in item) return `mark-${item.event.seq}`;
  return item.from === strip.from ? 'first' : `segment-${item.from}`;
};
