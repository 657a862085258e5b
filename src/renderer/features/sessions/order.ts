import type { Session, SessionStatus } from '../../../shared/contract/session';
import { ownValue } from '../../../shared/model/own-value';
import { MINUTE } from '../../../shared/model/units';
import { sessionName, sessionPlace } from '../../format/words';

/** The order of the list: a column's id, and whether the largest comes first. */
export interface Order {
  readonly column: string;
  readonly desc: boolean;
}

const STATUS_ORDER: Readonly<Record<SessionStatus, number>> = {
  active: 0,
  idle: 1,
  disconnected: 2,
  expired: 3,
  closed: 4,
};

/** What each column is sorted by; a column missing here cannot be sorted. */
const KEYS: Readonly<Record<string, (session: Session) => string | number>> = {
  session: (session) => sessionPlace(session).main.toLowerCase(),
  client: (session) => sessionName(session).toLowerCase(),
  status: (session) => STATUS_ORDER[session.status],
  // By the minute; otherwise sessions in use at the same time would change places with every call.
  seen: (session) => Math.floor(session.last_activity / MINUTE),
  reconnects: (session) => session.reconnect_count,
  latency: (session) => session.recent_latencies.at(-1) ?? -1,
  calls: (session) => session.calls,
  started: (session) => session.created_at,
};
/** Columns that sort ascending first. */
const ASCENDING_FIRST: ReadonlySet<string> = new Set(['session', 'client', 'status']);

const DEFAULT_ORDER: Order = { column: 'seen', desc: true };

export const isSortable = (column: string): boolean => Object.hasOwn(KEYS, column);

/** The sessions in order; ties are newest first in either direction. */
export function inOrder(sessions: readonly Session[], { column, desc }: Order): readonly Session[] {
  const key = ownValue(KEYS, column);
  const way = desc ? -1 : 1;
  return sessions
    .map((session) => ({ session, key: key?.(session) ?? 0 }))
    .sort((a, b) => (a.key < b.key ? -way : a.key > b.key ? way : b.session.created_at - a.session.created_at))
    .map(({ session }) => session);
}

/** Parses the order in the URL: `reconnects:desc`. An unknown column means the default, the latest activity first. */
export function parseOrder(text: string | undefined): Order {
  const [column = '', direction] = (text ?? '').split(':');
  return isSortable(column) ? { column, desc: direction === 'desc' } : DEFAULT_ORDER;
}

/** Writes the order for the URL; empty for the default, so that it does not clutter the URL. */
export const orderText = ({ column, desc }: Order): string =>
  column === DEFAULT_ORDER.column && desc === DEFAULT_ORDER.desc ? '' : `${column}:${desc ? 'desc' : 'asc'}`;

/** The order after a click on a column header: reversed, or by this column in its first direction. */
export const orderBy = (column: string, order: Order): Order =>
  order.column === column ? { column, desc: !order.desc } : { column, desc: !ASCENDING_FIRST.has(column) };
