import type { Ms } from '../../../shared/model/units';
import { routeHash } from '../../store/route';

/** Which messages the view shows. Empty texts and null limit nothing; all conditions hold together. */
export interface ActivityFilter {
  readonly text: string;
  readonly failed: boolean;
  readonly session: string;
  readonly server: string;
  /** Came at this time or later. */
  readonly from: Ms | null;
  /** Came before this time. */
  readonly to: Ms | null;
}

type Params = Readonly<Record<string, string>>;

const EVERYTHING: ActivityFilter = { text: '', failed: false, session: '', server: '', from: null, to: null };

/** Reads the parameters of the route; ignores what makes no sense. */
export const readFilter = ({ q = '', failed, session = '', server = '', from, to }: Params): ActivityFilter => ({
  text: q,
  failed: failed === '1',
  session,
  server,
  from: time(from),
  to: time(to),
});

/** The parameters of a filter; what is empty is dropped from the URL. */
const filterParams = ({ text, failed, session, server, from, to }: ActivityFilter): Record<string, string> => ({
  q: text,
  failed: failed ? '1' : '',
  session,
  server,
  from: from === null ? '' : String(from),
  to: to === null ? '' : String(to),
});

/** The address of the view with exactly these messages. */
export const activityHash = (filter: Partial<ActivityFilter>): string =>
  routeHash({ view: 'activity', id: null, params: filterParams({ ...EVERYTHING, ...filter }) });

/** Whether anything is left out. */
export const isLimited = (filter: ActivityFilter): boolean =>
  Object.values(filterParams(filter)).some((value) => value !== '');

function time(text: string | undefined): Ms | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
