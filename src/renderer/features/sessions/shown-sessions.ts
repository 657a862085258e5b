import type { Server } from '../../../shared/contract/server';
import type { Session, StatusBreakdown } from '../../../shared/contract/session';
import type { Ms } from '../../../shared/model/units';
import type { HoldfastState } from '../../store/state';
import { inOrder, type Order } from './order';
import { parseQuery, type SessionQuery, withoutStatuses } from './query';

/** What the user asked the list for. */
export interface Asked {
  readonly query: SessionQuery;
  /** The same without its statuses: what the status chips count. */
  readonly rest: SessionQuery;
  readonly probes: boolean;
  readonly order: Order;
}

export const asked = (text: string, probes: boolean, order: Order): Asked => ({
  query: parseQuery(text),
  rest: parseQuery(withoutStatuses(text)),
  probes,
  order,
});

export interface Shown {
  /** What is listed, in order. */
  readonly sessions: readonly Session[];
  /** Those of them that do not match any more, and stay only so that the list keeps its place. */
  readonly unmatched: ReadonlySet<string>;
  /** Matches by status, as if no status had been asked for. */
  readonly counts: StatusBreakdown;
  /** Sessions that match but are held back until the list is scrolled back to the top. */
  readonly waiting: number;
}

/** By session, the names of the servers of which an instance serves it, one a line; a process for all is nobody's. */
export function serversInUse(servers: readonly Server[]): ReadonlyMap<string, string> {
  const used = new Map<string, string>();
  for (const { name, instances } of servers) {
    for (const { session_id } of instances) {
      if (session_id === null) continue;
      const before = used.get(session_id);
      used.set(session_id, before === undefined ? name : `${before}\n${name}`);
    }
  }
  return used;
}

const NONE: ReadonlyMap<string, string> = new Map();
const NOTHING: ReadonlySet<string> = new Set();

/**
 * The sessions that match, and how many there are of each status. One pass.
 * @param used - see {@link serversInUse}
 * @param names - that the user gave to sessions
 */
export function showSessions(
  all: Iterable<Session>,
  { query, rest, probes, order }: Asked,
  now: Ms,
  used: ReadonlyMap<string, string> = NONE,
  names: Readonly<Record<string, string>> = {},
): Shown {
  const sessions: Session[] = [];
  const counts: StatusBreakdown = { active: 0, idle: 0, disconnected: 0, expired: 0, closed: 0 };
  const { statuses } = query;
  for (const session of all) {
    if (
      (session.probe && !probes) ||
      !rest.matches(session, now, used.get(session.session_id), names[session.session_id])
    )
      continue;
    counts[session.status] += 1;
    if (statuses.size === 0 || statuses.has(session.status)) sessions.push(session);
  }
  return { sessions: inOrder(sessions, order), unmatched: NOTHING, counts, waiting: 0 };
}

/**
 * The list in the order that it had, with each session as it is now, the new counts, and the number of sessions that it does not
 * show yet.
 * @param all - by session, what is known now
 */
export function keepPlace(before: Shown, next: Shown, all: ReadonlyMap<string, Session>): Shown {
  const known = new Set(before.sessions.map((session) => session.session_id));
  const matching = new Set(next.sessions.map((session) => session.session_id));
  const waiting = next.sessions.reduce((sum, { session_id }) => sum + (known.has(session_id) ? 0 : 1), 0);
  return {
    sessions: before.sessions.map((session) => all.get(session.session_id) ?? session),
    unmatched: new Set([...known].filter((id) => !matching.has(id))),
    counts: next.counts,
    waiting,
  };
}

/** Those of these sessions that match now, in the same order and as they are now. */
export function stillMatching(
  sessionIds: readonly string[],
  asked: Asked,
  { sessions, servers, sessionNames, now }: Pick<HoldfastState, 'sessions' | 'servers' | 'sessionNames' | 'now'>,
): readonly Session[] {
  const known = sessionIds.map((id) => sessions.get(id)).filter((session) => session !== undefined);
  const shown = showSessions(known, asked, now, serversInUse(servers?.servers ?? []), sessionNames);
  const matching = new Set(shown.sessions);
  return known.filter((session) => matching.has(session));
}
