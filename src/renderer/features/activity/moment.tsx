import { ArrowRightToLine, Terminal } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Activity, Moment } from '../../../shared/contract/activity';
import type { HoldfastEvent } from '../../../shared/contract/event';
import { t } from '../../../shared/messages/language';
import { type Ms, SECOND } from '../../../shared/model/units';
import { visible } from '../../../shared/visible-text';
import { describeEvent } from '../../format/event-words';
import { formatLatency } from '../../format/number';
import { formatDateTime } from '../../format/time';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { cx } from '../../ui/cx';
import { ErrorNote } from '../../ui/error-note';
import { EventMark } from '../../ui/event-mark';
import { EventDetail, EventTitle, hasDetail } from '../../ui/event-text';
import { CHANGE_KINDS } from '../sessions/detail/timeline-model';
import { whatWords } from './activity-columns';
import { type MomentItem, momentLine } from './moment-line';
import { OUTCOME_LOOKS } from './outcome-mark';

/** As long as the main process looks around a message. */
const AROUND: Ms = 10 * SECOND;

/** What else happened in the seconds around a message: of its session, its server and the machine, with the message marked. */
export function AroundThisMoment({ row }: { row: Activity }) {
  const { moment, error } = useMoment(row);
  const items = moment ? momentLine(moment) : [];
  return (
    <section aria-label={t('activity.moment')} className="flex flex-col gap-2 border-line border-t px-5 pt-3 pb-4">
      <h3 className="font-semibold text-ink">{t('activity.moment')}</h3>
      {error !== null && <ErrorNote error={error} />}
      <ol className="flex flex-col text-sm">
        {items.map((item, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list is read once and never changes its order
          <li key={index} className="relative grid grid-cols-[4.5rem_1rem_minmax(0,1fr)] gap-x-2 pb-2 last:pb-0">
            <time
              dateTime={new Date(item.at).toISOString()}
              title={formatDateTime(item.at)}
              className="whitespace-nowrap pt-px text-end text-ink-3 tabular-nums"
            >
              {offsetWords(item.at - row.at)}
            </time>
            <Item item={item} />
          </li>
        ))}
      </ol>
      {moment?.events.length === 0 && moment.output.length === 0 && (
        <p className="text-ink-3 text-sm">{t('activity.moment.none')}</p>
      )}
    </section>
  );
}

/** Of a message that has just ended, it is read once more when ten seconds have passed: until then, something may happen. */
function useMoment({ activity_id: activityId, at, duration_ms }: Activity): { moment: Moment | null; error: unknown } {
  const { loadMoment } = useActions();
  const isSettled = useHoldfast((state) => state.now > at + (duration_ms ?? 0) + AROUND);
  const [known, setKnown] = useState<{ id: number; moment: Moment | null; error: unknown } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once it is settled, there may be more
  useEffect(() => {
    let isOver = false;
    loadMoment(activityId).then(
      (moment) => !isOver && setKnown({ id: activityId, moment, error: null }),
      (error: unknown) => !isOver && setKnown({ id: activityId, moment: null, error }),
    );
    return () => {
      isOver = true;
    };
  }, [loadMoment, activityId, isSettled]);
  return known?.id === activityId ? known : { moment: null, error: null };
}

/** `+1.2 s` after the message came, `−300 ms` before. */
const offsetWords = (ms: Ms): string => `${ms < 0 ? '−' : '+'}${formatLatency(Math.abs(ms))}`;

function Item({ item }: { item: MomentItem }) {
  if (item.kind === 'event') return <EventItem event={item.event} />;
  if (item.kind === 'output') {
    return (
      <>
        <Terminal size={14} aria-hidden className="mt-[3px] text-ink-3" />
        <div className="min-w-0">
          <p className="text-ink-2">
            {item.pid === null
              ? t('activity.moment.wrote.unknown')
              : t('activity.moment.wrote', { pid: String(item.pid) })}
          </p>
          <pre translate="no" className="whitespace-pre-wrap break-words font-mono text-ink text-xs leading-5">
            {item.lines.map(visible).join('\n')}
          </pre>
        </div>
      </>
    );
  }
  const [Icon, colour] = item.kind === 'came' ? ([ArrowRightToLine, 'text-accent'] as const) : looksOf(item.row);
  return (
    <>
      <Icon size={14} aria-hidden className={cx('mt-[3px]', colour)} />
      <p data-moment={item.kind} className="min-w-0 break-words font-semibold text-ink">
        {ownWords(item.kind, item.row)}{' '}
        <span translate="no" className="font-normal text-ink-2">
          {visible(whatWords(item.row))}
        </span>
      </p>
    </>
  );
}

const looksOf = ({ outcome }: Activity) => OUTCOME_LOOKS[outcome];

function ownWords(kind: 'came' | 'ended' | 'passed', { outcome }: Activity): string {
  if (kind === 'came') return t('activity.moment.came');
  return kind === 'passed'
    ? t('activity.moment.passed')
    : t('activity.moment.ended', { outcome: t(`activity.outcome.${outcome}`) });
}

function EventItem({ event }: { event: HoldfastEvent }) {
  const words = describeEvent(event);
  return (
    <>
      <EventMark kind={event.kind} tone={words.tone} className="mt-[3px]" />
      <div className="min-w-0 break-words">
        <p className="text-ink">
          <EventTitle words={words} /> <Way event={event} />
        </p>
        {hasDetail(words) && (
          <p className="text-ink-2">
            <EventDetail words={words} />
          </p>
        )}
      </div>
    </>
  );
}

/** To the session or the server that an event is about. */
function Way({ event: { kind, session_id, seq, payload } }: { event: HoldfastEvent }): ReactNode {
  if (session_id !== null) {
    const params = { show: CHANGE_KINDS.includes(kind) ? '' : 'all', event: String(seq) };
    return (
      <WayLink href={routeHash({ view: 'sessions', id: session_id, params })}>{t('activity.moment.session')}</WayLink>
    );
  }
  if ('server' in payload && typeof payload.server === 'string') {
    const href = routeHash({ view: 'servers', id: payload.server, params: {} });
    return <WayLink href={href}>{t('activity.moment.server')}</WayLink>;
  }
  return null;
}

const WayLink = ({ href, children }: { href: string; children: string }) => (
  <a href={href} className="rounded text-accent underline decoration-dotted underline-offset-2 hover:decoration-solid">
    {children}
  </a>
);
