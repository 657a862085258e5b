import type { Login } from '../../shared/contract/login';
import type { Server } from '../../shared/contract/server';
import type { Ms } from '../../shared/model/units';
import { formatCount } from './number';
import { formatDay, formatShortClock } from './time';

/** The state of a login in words, without a full stop; empty for a server that needs none. */
export function loginWords(login: Login, now: Ms): string {
  switch (login.state) {
    case 'none':
      return '';
    case 'needed':
      return login.is_machine ? `Could not log in by itself${at(login)}` : `Needs a login${at(login)}`;
    case 'under_way':
      return 'Waiting for you in the browser';
    case 'logged_in':
      return loggedInWords(login, now);
  }
}

function loggedInWords({ account, is_machine, refreshes, expires_at }: Login, now: Ms): string {
  const who = account === null ? 'Logged in' : `Logged in as ${account}`;
  if (is_machine) return `${who} by itself, with a secret of its own`;
  if (refreshes) return `${who}; refreshes by itself`;
  if (expires_at === null) return who;
  return expires_at > now
    ? `${who} until ${clockWords(expires_at, now)}`
    : `The login ended at ${clockWords(expires_at, now)}`;
}

/** `14:05`, with the day when that is not today. */
export const clockWords = (at: Ms, now: Ms): string =>
  formatDay(at) === formatDay(now) ? formatShortClock(at) : `${formatDay(at)}, ${formatShortClock(at)}`;

/** What a server that needs a login waits for and who waits for it, as sentences. */
export function loginSentence({ login }: Pick<Server, 'login'>): string {
  return [whatToDo(login), heldWords(login)].filter(Boolean).join(' ');
}

function whatToDo(login: Login): string {
  if (login.state === 'under_way') return 'Finish the login in your browser.';
  if (login.is_machine) return 'It could not log in by itself. Look at its entry.';
  return login.host === null ? 'Log in to use it.' : `Log in at ${login.host} to use it.`;
}

/** How many calls wait for a login, as a sentence; empty if none does. */
export const heldWords = ({ held_calls }: Login): string =>
  held_calls === 0 ? '' : `${formatCount(held_calls, 'call')} ${held_calls === 1 ? 'is' : 'are'} waiting for it.`;

const at = ({ host }: Login): string => (host === null ? '' : ` at ${host}`);

/** Whether a person can log in to a server. One whose key is in its headers has no login. */
export const takesLogin = ({ transport, header_names, state, login }: Server): boolean =>
  transport === 'http' &&
  state !== 'broken' &&
  state !== 'untrusted' &&
  state !== 'disabled' &&
  !login.is_machine &&
  (login.state !== 'none' || !header_names.some((name) => name.toLowerCase() === 'authorization'));

/** Whether there are tokens that logging out would give up. */
export const hasTokens = ({ state, scopes, expires_at, account }: Login): boolean =>
  state === 'logged_in' || scopes.length > 0 || expires_at !== null || account !== null;

/** The scopes that an address of a login asks for; none if it does not say. */
export function scopesAsked(url: string): readonly string[] {
  const scope = URL.canParse(url) ? new URL(url).searchParams.get('scope') : null;
  return [...new Set(scope?.split(' ').filter(Boolean))];
}
