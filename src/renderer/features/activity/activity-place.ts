import type { Ms } from '../../../shared/model/units';
import { routeHash } from '../../store/route';

/** Which messages the view shows. Empty texts and null limit nothing; all conditions hold together. */
export interface ActivityFilter {
  /** In the words of `parseActivityQuery`. */
  readonly text: string;
  readonly failed: boolean;
  readonly session: string;
  readonly server: string;
  /** Id of a kind of failure. */
  readonly group: string;
  /** Came at this time or later. */
  readonly from: Ms | null;
  /** Came before this time. */
  readonly to: Ms | null;
}

type Params = Readonly<Record<string, string>>;

const EVERYTHING: ActivityFilter = {
  text: '',
  failed: false,
  session: '',
  server: '',
  group: '',
  from: null,
  to: null,
};

/** Reads the parameters of the route; ignores what makes no sense. */
export const readFilter = ({
  q = '',
  failed,
  session = '',
  server = '',
  group = '',
  from,
  to,
}: Params): ActivityFilter => ({
  text: q,
  failed: failed === '1',
  session,
  server,
  group,
  from: time(from),
  to: time(to),
});

/** The parameters of a filter; what is empty is dropped from the URL. */
const filterParams = ({ text, failed, session, server, group, from, to }: ActivityFilter): Record<string, string> => ({
  q: text,
  failed: failed ? '1' : '',
  session,
  server,
  group,
  from: from === null ? '' : String(from),
  to: to === null ? '' : String(to),
});

/** The parameters of the view with exactly these messages. */
export const activityParams = (filter: Partial<ActivityFilter>): Record<string, string> =>
  filterParams({ ...EVERYTHING, ...filter });

/** The address of the view with exactly these messages. */
export const activityHash = (filter: Partial<ActivityFilter>): string =>
  routeHash({ view: 'activity', id: null, params: activityParams(filter) });

/** Whether anything is left out. */
export const isLimited = (filter: ActivityFilter): boolean =>
  Object.values(filterParams(filter)).some((value) => value !== '');

/** What the filter asks the main process for. */
export const queryOf = ({ text, failed, session, server, group, from, to }: ActivityFilter) => ({
  failed,
  ...(text === '' ? {} : { q: text }),
  ...(session === '' ? {} : { session_id: session }),
  ...(server === '' ? {} : { server }),
  ...(group === '' ? {} : { group }),
  ...(from === null ? {} : { from }),
  ...(to === null ? {} : { to }),
});

function time(text: string | undefined): Ms | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
