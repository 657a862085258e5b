import type { Server } from '../../../shared/contract/server';
import type { Session, StatusBreakdown } from '../../../shared/contract/session';
import type { Ms } from '../../../shared/model/units';
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
  return { sessions: inOrder(sessions, order), counts, waiting: 0 };
}

/** The list as it was, with the new counts and the number of sessions that it does not show yet. */
export function keepPlace(before: Shown, next: Shown): Shown {
  const known = new Set(before.sessions.map((session) => session.session_id));
  const waiting = next.sessions.reduce((sum, { session_id }) => sum + (known.has(session_id) ? 0 : 1), 0);
  return { sessions: before.sessions, counts: next.counts, waiting };
}
