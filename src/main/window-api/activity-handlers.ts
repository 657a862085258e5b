import type { Activity, Moment } from '../../shared/contract/activity';
import { type EventKind, eventSchema, type HoldfastEvent } from '../../shared/contract/event';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Services } from '../services';
import type { Handlers } from './router';

type ActivityMethod = 'activity.list' | 'activity.news' | 'activity.failures' | 'activity.failing' | 'activity.around';

/** How far one looks before a message and after it. */
const AROUND: Ms = 10 * SECOND;
/** Events of all sessions and servers that are looked through. */
const LOOKED_AT = 1_000;
/** Events of one moment. */
const MOST_EVENTS = 100;
/** Each call is a message itself, so the table shows it. */
const KINDS = eventSchema.options
  .map(({ shape }): EventKind => shape.kind.value)
  .filter((kind) => kind !== 'call_completed');
/** What concerns every session and server. */
const EVERYBODYS: readonly EventKind[] = [
  'supervisor_started',
  'supervisor_stopped',
  'machine_slept',
  'keeper_started',
  'keeper_lost',
  'servers_file_changed',
];

/** The methods that read what was called. */
export function createActivityHandlers({
  store,
  activity,
  servers,
  failing,
}: Pick<Services, 'store' | 'activity' | 'servers' | 'failing'>): Pick<Handlers, ActivityMethod> {
  const momentOf = async (row: Activity): Promise<Moment> => {
    const from = row.at - AROUND;
    const to = row.at + Math.ceil(row.duration_ms ?? 0) + AROUND;
    const output = row.server === null ? [] : await servers.output(row.server, from, to);
    const { events } = store.events.between(from, to, KINDS, LOOKED_AT);
    const near = events.filter((event) => concerns(event, row)).slice(0, MOST_EVENTS);
    return { activity: row, events: near.toReversed(), output };
  };
  return {
    'activity.list': (query) => {
      activity.flush();
      return store.activity.page(query);
    },
    'activity.news': async (query) => {
      activity.flush();
      return { count: await store.activity.news(query) };
    },
    'activity.failures': (query) => {
      activity.flush();
      return store.activity.failures(query);
    },
    'activity.failing': async () => {
      activity.flush();
      return { failing: await failing.current() };
    },
    'activity.around': async ({ activity_id }) => {
      activity.flush();
      const row = store.activity.get(activity_id);
      return { moment: row && (await momentOf(row)) };
    },
  };
}

/** Whether an event belongs to the session or the server of a message, or to all of them. */
function concerns(event: HoldfastEvent, { session_id, server }: Activity): boolean {
  if (EVERYBODYS.includes(event.kind)) return true;
  // A process of one session is nobody else's business.
  if (event.session_id !== null) return event.session_id === session_id;
  return server !== null && 'server' in event.payload && event.payload.server === server;
}
