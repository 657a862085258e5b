import {
  createColumnHelper,
  createSortedRowModel,
  type Row,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
} from '@tanstack/react-table';
import type { ReactNode } from 'react';
import type { Session, SessionStatus } from '../../../shared/contract/session';
import { shortId } from '../../../shared/model/ids';
import { MINUTE } from '../../../shared/model/units';
import { formatNumber } from '../../format/number';
import { kindBesideName, sessionName } from '../../format/words';
import { RelativeTime } from '../../ui/relative-time';
import { SessionFlags } from '../../ui/session-flags';
import { Sparkline } from '../../ui/sparkline';
import { StatusMark } from '../../ui/status-mark';

export const FEATURES = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
type SessionRow = Row<typeof FEATURES, Session>;

const STATUS_ORDER: Readonly<Record<SessionStatus, number>> = {
  active: 0,
  idle: 1,
  disconnected: 2,
  expired: 3,
  closed: 4,
};

const compare = (a: SessionRow, b: SessionRow, column: string): number => {
  const [left, right] = [a.getValue<string | number>(column), b.getValue<string | number>(column)];
  return left < right ? -1 : left > right ? 1 : 0;
};

const helper = createColumnHelper<typeof FEATURES, Session>();

const column = (id: string, header: string, value: (session: Session) => string | number, sortDescFirst = true) =>
  helper.accessor(value, { id, header, sortDescFirst, sortFn: compare });

/** The columns, and what each is sorted by. Equal rows stand newest first. */
export const COLUMNS = helper.columns([
  column('client', 'Client', (session) => sessionName(session).toLowerCase(), false),
  column('status', 'Status', (session) => STATUS_ORDER[session.status], false),
  // By the minute: sessions in use at the same time would change places with every call.
  column('seen', 'Last activity', (session) => Math.floor(session.last_activity / MINUTE)),
  column('reconnects', 'Reconnects', (session) => session.reconnect_count),
  column('latency', 'Latency', (session) => session.recent_latencies.at(-1) ?? -1),
  column('calls', 'Calls', (session) => session.calls),
  column('started', 'Started', (session) => session.created_at),
  helper.display({ id: 'id', header: 'Session' }),
]);
const SORTABLE = COLUMNS.map(({ id }) => id).filter((id) => id !== 'id');

/** What stands in each column's cell. */
export const CELLS: Readonly<Record<string, (session: Session) => ReactNode>> = {
  client: (session) => {
    const name = sessionName(session);
    const kind = kindBesideName(session);
    return (
      <span className="truncate">
        <span className="font-medium text-ink">{name}</span>{' '}
        <span className="text-ink-3">
          {session.client_version}
          {kind && ` · ${kind}`}
        </span>
      </span>
    );
  },
  status: (session) => (
    <>
      <StatusMark status={session.status} />
      <SessionFlags session={session} />
    </>
  ),
  seen: (session) => <RelativeTime at={session.last_activity} coarse className="text-ink-2" />,
  reconnects: (session) => (
    <span className={session.reconnect_count === 0 ? 'text-ink-3' : 'text-ink'}>
      {formatNumber(session.reconnect_count)}
    </span>
  ),
  latency: (session) => <Sparkline values={session.recent_latencies} />,
  calls: (session) => (
    <span className="text-ink-2">
      {formatNumber(session.calls)}
      {session.errors > 0 && <span className="text-danger"> · {formatNumber(session.errors)} failed</span>}
    </span>
  ),
  started: (session) => <RelativeTime at={session.created_at} coarse className="text-ink-2" />,
  id: (session) => <span className="font-mono text-ink-3 text-xs">{shortId(session.session_id)}</span>,
};

const DEFAULT_SORT: SortingState = [{ id: 'seen', desc: true }];

/** The order as the URL has it: `reconnects:desc`. What is no column is the default, the latest activity first. */
export function parseSort(text: string | undefined): SortingState {
  const [id = '', direction] = (text ?? '').split(':');
  return SORTABLE.includes(id) ? [{ id, desc: direction === 'desc' }] : DEFAULT_SORT;
}

/** The other way round; empty for the default, so that it does not clutter the URL. */
export function sortText([sort]: SortingState): string {
  const [standard] = DEFAULT_SORT;
  if (!sort || (sort.id === standard?.id && sort.desc === standard.desc)) return '';
  return `${sort.id}:${sort.desc ? 'desc' : 'asc'}`;
}
