import { isSessionId } from './ids';
import { SERVER_NAME } from './server-rules';

/** Scheme of links that open a place in the window. */
export const LINK_SCHEME = 'holdfast';

/** Views that a link can open. */
export const LINK_VIEWS = ['overview', 'sessions', 'servers', 'history', 'connect', 'settings', 'diagnostics'] as const;

/** Where a link leads that Holdfast does not know: the overview says so. */
export const UNKNOWN_LINK = '#/overview?link=unknown';

/** Longer than any link of ours. */
const LONGEST = 200;
/** No query, fragment, login, port or escape: a link names a place, and has no way to say more. */
const LINK = /^holdfast:\/\/([a-z]*)(?:\/([A-Za-z0-9_-]*))?\/?$/i;

/** Whether text claims to be one of our links, valid or not. */
const isAppLink = (text: string): boolean => /^holdfast:/i.test(text);

/**
 * The window's hash for a link: `holdfast://VIEW`, `holdfast://sessions/SESSION_ID` or `holdfast://servers/NAME`;
 * `holdfast://` alone is the overview. Everything else is {@link UNKNOWN_LINK}. Whether a session or server of that name
 * exists is for the view to say.
 */
export function hashOfLink(link: string): string {
  const [whole, host = '', id = ''] = (link.length <= LONGEST && LINK.exec(link)) || [];
  if (whole === undefined) return UNKNOWN_LINK;
  const view = host === '' ? 'overview' : LINK_VIEWS.find((name) => name === host.toLowerCase());
  if (view === undefined || (host === '' && id !== '')) return UNKNOWN_LINK;
  if (id === '') return `#/${view}`;
  const isNamed =
    view === 'sessions'
      ? isSessionId(id)
      : view === 'servers' && id.length <= SERVER_NAME.longest && SERVER_NAME.pattern.test(id);
  return isNamed ? `#/${view}/${id}` : UNKNOWN_LINK;
}

/** The window's hash for the first link among the arguments of a start; undefined without one. */
export function hashOfArguments(args: readonly string[]): string | undefined {
  const link = args.find(isAppLink);
  return link === undefined ? undefined : hashOfLink(link);
}
