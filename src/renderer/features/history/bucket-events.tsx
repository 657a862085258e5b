import { Fragment, useCallback, useState } from 'react';
import type { EventKind, HoldfastEvent } from '../../../shared/contract/event';
import { shortId } from '../../../shared/model/ids';
import type { Ms } from '../../../shared/model/units';
import type { Span } from '../../charts/chart-spec';
import { describeEvent } from '../../format/event-words';
import { formatCount, formatNumber } from '../../format/number';
import { formatClock, formatDateTime, formatDay, formatDuration } from '../../format/time';
import { sessionName } from '../../format/words';
import { routeHash } from '../../store/route';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { ErrorNote } from '../../ui/error-note';
import { EventMark } from '../../ui/event-mark';
import { ScrollRegion } from '../../ui/scroll-region';
import { Switch } from '../../ui/switch';

/** The events that tell the story; calls and changes between active and idle are left out unless the user asks. */
const STORY: EventKind[] = [
  'session_created',
  'session_used',
  'session_disconnected',
  'session_reconnected',
  'reconnect_rejected',
  'stream_lost',
  'token_reuse_detected',
  'session_closed',
  'session_expired',
  'client_created',
  'client_removed',
  'supervisor_started',
  'supervisor_stopped',
  'machine_slept',
  'server_started',
  'server_adopted',
  'server_stopped',
  'server_unavailable',
  'server_session_renewed',
  'login_needed',
  'logged_in',
  'login_refreshed',
  'logged_out',
  'server_configured',
  'servers_file_changed',
  'keeper_started',
  'keeper_lost',
];
const LIMIT = 200;

export interface BucketEventsProps {
  span: Span;
  /** The time in words. */
  when: string;
  /** Goes back to everything in view; omitted when that is what is listed. */
  onClear?: () => void;
}

/** What happened in a stretch of time, newest first, each event with a link to its session. */
export function BucketEvents({ span: { from, to }, when, onClear }: BucketEventsProps) {
  const { loadHistoryEvents } = useActions();
  const [all, setAll] = useState(false);
  const [list, setList] = useState<{ events: readonly HoldfastEvent[]; more: boolean; from: number } | null>(null);
  const error = useRefresh(
    useCallback(async () => {
      const answer = await loadHistoryEvents({ from, to, limit: LIMIT, ...(!all && { kinds: STORY }) });
      const events = answer.events.filter(({ at }) => at >= from && at < to);
      setList({ events, more: answer.has_more, from });
    }, [loadHistoryEvents, from, to, all]),
  );
  const events = list?.events ?? [];
  return (
    <Card
      title="What happened"
      aside={<Switch label="All events" checked={all} onChange={setAll} />}
      bodyClassName="flex min-h-0 flex-col"
    >
      <div className="flex min-h-11 items-center justify-between gap-2 border-line border-b px-4 py-1.5 text-sm">
        <p role="status" className="min-w-0">
          <span className="block font-medium text-ink">{when}</span>
          <span className="block text-ink-3">
            {list && [countWords(events.length, list.more), gapWords(events)].filter(Boolean).join(' · ')}
          </span>
        </p>
        {onClear && (
          <Button size="sm" variant="ghost" onClick={onClear}>
            Show all
          </Button>
        )}
      </div>
      {error !== null && <ErrorNote error={error} className="m-3" />}
      <ScrollRegion label="Events" className="min-h-40 min-[1100px]:h-[calc(100vh-15rem)]">
        {list && events.length === 0 && (
          <p className="px-4 py-6 text-center text-ink-3">Nothing happened during this time.</p>
        )}
        <ol className="flex flex-col">
          {events.map((event, index) => (
            <Fragment key={event.seq}>
              {formatDay(event.at) !== formatDay(events[index - 1]?.at ?? from) && <Day at={event.at} />}
              <EventRow event={event} />
            </Fragment>
          ))}
        </ol>
      </ScrollRegion>
    </Card>
  );
}

const countWords = (count: number, more: boolean): string =>
  `${more ? 'The latest ' : ''}${formatCount(count, 'event')}`;

/** How long clients were away in the gaps that ended here; empty if there were none. */
export function gapWords(events: readonly HoldfastEvent[]): string {
  const gaps = events.flatMap((event) => (event.kind === 'session_reconnected' ? [event.payload.downtime_ms] : []));
  const [only] = gaps;
  if (only === undefined) return '';
  if (gaps.length === 1) return `1 gap of ${formatDuration(only)}`;
  const all = gaps.reduce((sum, gap) => sum + gap, 0);
  return `${formatNumber(gaps.length)} gaps, the longest ${formatDuration(Math.max(...gaps))}, ${formatDuration(all)} in all`;
}

const Day = ({ at }: { at: Ms }) => (
  <li className="border-line border-b bg-sunken px-4 py-1 font-medium text-ink-2 text-sm">{formatDay(at)}</li>
);

function EventRow({ event }: { event: HoldfastEvent }) {
  const { title, detail, tone } = describeEvent(event);
  return (
    <li className="flex gap-2.5 border-line border-b px-4 py-2 text-sm last:border-b-0">
      <EventMark kind={event.kind} tone={tone} className="mt-[3px]" />
      <div className="min-w-0 flex-1">
        <p className="flex justify-between gap-3">
          <span className="min-w-0 break-words font-medium text-ink">{title}</span>
          <time
            dateTime={new Date(event.at).toISOString()}
            title={formatDateTime(event.at)}
            className="shrink-0 text-ink-3"
          >
            {formatClock(event.at)}
          </time>
        </p>
        {detail && <p className="break-words text-ink-2">{detail}</p>}
        {event.session_id && <SessionLink id={event.session_id} />}
      </div>
    </li>
  );
}

function SessionLink({ id }: { id: string }) {
  const name = useHoldfast((state) => {
    const session = state.sessions.get(id);
    return session ? sessionName(session) : null;
  });
  return (
    <a
      href={routeHash({ view: 'sessions', id, params: {} })}
      className="inline-flex min-h-6 max-w-full items-center gap-1.5 rounded text-accent hover:underline"
    >
      <span className="truncate">{name ?? 'Session'}</span>
      <span className="font-mono text-xs">{shortId(id)}</span>
    </a>
  );
}
