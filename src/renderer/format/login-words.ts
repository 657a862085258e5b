import type { Login } from '../../shared/contract/login';
import type { Server } from '../../shared/contract/server';
import { t } from '../../shared/messages/language';
import type { Ms } from '../../shared/model/units';
import { formatDay, formatShortClock } from './time';

/** The state of a login in words, without a full stop; empty for a server that needs none. */
export function loginWords(login: Login, now: Ms): string {
  const { state, host, is_machine } = login;
  switch (state) {
    case 'none':
      return '';
    case 'needed':
      if (host === null) return t(is_machine ? 'login.machine_failed' : 'login.needed');
      return t(is_machine ? 'login.machine_failed_at' : 'login.needed_at', { host });
    case 'under_way':
      return t('login.under_way');
    case 'logged_in':
      return loggedInWords(login, now);
  }
}

function loggedInWords({ account, is_machine, refreshes, expires_at }: Login, now: Ms): string {
  const who = { known: account === null ? 'no' : 'yes', account: account ?? '' };
  if (is_machine) return t('login.in_by_machine', who);
  if (refreshes) return t('login.in_refreshed', who);
  if (expires_at === null) return t('login.in', who);
  const time = clockWords(expires_at, now);
  return expires_at > now ? t('login.in_until', { ...who, time }) : t('login.ended', { time });
}

/** `14:05`, with the day when that is not today. */
export const clockWords = (at: Ms, now: Ms): string =>
  formatDay(at) === formatDay(now)
    ? formatShortClock(at)
    : t('login.day_and_clock', { day: formatDay(at), clock: formatShortClock(at) });

/** What a server that needs a login waits for and who waits for it, as sentences. */
export function loginSentence({ login }: Pick<Server, 'login'>): string {
  return [whatToDo(login), heldWords(login)].filter(Boolean).join(' ');
}

function whatToDo({ state, is_machine, host }: Login): string {
  if (state === 'under_way') return t('login.finish');
  if (is_machine) return t('login.check_entry');
  return host === null ? t('login.to_use') : t('login.to_use_at', { host });
}

/** How many calls wait for a login, as a sentence; empty if none does. */
export const heldWords = ({ held_calls }: Login): string =>
  held_calls === 0 ? '' : t('login.held', { count: held_calls });

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
