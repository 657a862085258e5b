import { describe, expect, test } from 'vitest';
import { loginPhase } from '#src/renderer/features/servers/login/login-phase';
import { hasTokens, loginSentence, loginWords, scopesAsked, takesLogin } from '#src/renderer/format/login-words';
import { formatDay, formatShortClock } from '#src/renderer/format/time';
import type { Login, LoginBegun } from '#src/shared/contract/login';
import type { Server } from '#src/shared/contract/server';
import { browserAddress } from '#src/shared/model/browser-address';
import { NO_LOGIN } from '#src/shared/model/no-login';
import { DAY, HOUR, MINUTE } from '#src/shared/model/units';
import { T0 } from './support/make';
import { makeServer } from './support/make-server';

const login = (change: Partial<Login>): Login => ({ ...NO_LOGIN, ...change });

describe('a login in words', () => {
  test.each<[string, Partial<Login>]>([
    ['', {}],
    ['Needs a login at login.example.com', { state: 'needed', host: 'login.example.com' }],
    ['Needs a login', { state: 'needed' }],
    ['Automatic login at login.example.com failed', { state: 'needed', host: 'login.example.com', is_machine: true }],
    ['Waiting for you in the browser', { state: 'under_way', account: 'me' }],
    [
      'Logged in as me@example.com; refreshed automatically',
      { state: 'logged_in', account: 'me@example.com', refreshes: true },
    ],
    ['Logged in; refreshed automatically', { state: 'logged_in', refreshes: true, expires_at: T0 + HOUR }],
    [`Logged in until ${formatShortClock(T0 + HOUR)}`, { state: 'logged_in', expires_at: T0 + HOUR }],
    [
      `Logged in as me until ${formatDay(T0 + 3 * DAY)}, ${formatShortClock(T0 + 3 * DAY)}`,
      { state: 'logged_in', account: 'me', expires_at: T0 + 3 * DAY },
    ],
    [`The login ended at ${formatShortClock(T0 - MINUTE)}`, { state: 'logged_in', expires_at: T0 - MINUTE }],
    ['Logged in', { state: 'logged_in' }],
    ['Logged in automatically, with a stored secret', { state: 'logged_in', is_machine: true, refreshes: true }],
  ])('%s', (words, change) => {
    expect(loginWords(login(change), T0)).toBe(words);
  });

  test.each<[string, Partial<Login>]>([
    ['Log in at login.example.com to use it.', { state: 'needed', host: 'login.example.com' }],
    ['Log in to use it. 1 call is waiting for it.', { state: 'needed', held_calls: 1 }],
    ['Finish the login in your browser. 2 calls are waiting for it.', { state: 'under_way', held_calls: 2 }],
    ['Automatic login failed. Check the entry.', { state: 'needed', is_machine: true }],
  ])('%s', (sentence, change) => {
    expect(loginSentence({ login: login(change) })).toBe(sentence);
  });
});

test('scopes are those of the address, each once', () => {
  expect(scopesAsked('https://a.example/?scope=one%20two+one')).toEqual(['one', 'two']);
  expect(scopesAsked('https://a.example/')).toEqual([]);
  expect(scopesAsked('no address')).toEqual([]);
});

test.each<[string, boolean, Partial<Server>]>([
  ['over HTTP', true, { transport: 'http' }],
  ['over stdio', false, { transport: 'stdio' }],
  ['with a key of its own', false, { transport: 'http', header_names: ['authorization'] }],
  [
    'with a key that is refused',
    true,
    { transport: 'http', header_names: ['Authorization'], login: login({ state: 'needed' }) },
  ],
  ['that logs in by itself', false, { transport: 'http', login: login({ state: 'needed', is_machine: true }) }],
  ['that is off', false, { transport: 'http', state: 'disabled' }],
  ['not confirmed', false, { transport: 'http', state: 'untrusted' }],
  ['with a broken entry', false, { transport: 'http', state: 'broken' }],
])('whether a person can log in to a server %s: %s', (_, can, change) => {
  expect(takesLogin(makeServer(change))).toBe(can);
});

test('there is something to log out of while there are tokens, even if they are refused', () => {
  expect(hasTokens(login({ state: 'logged_in' }))).toBe(true);
  expect(hasTokens(login({ state: 'needed', scopes: ['mcp:use'] }))).toBe(true);
  expect(hasTokens(login({ state: 'needed', host: 'login.example.com' }))).toBe(false);
  expect(hasTokens(NO_LOGIN)).toBe(false);
});

test.each([
  ['https://login.example.com/a?b=c', true],
  ['http://127.0.0.1:3000/authorize', true],
  ['http://localhost/authorize', true],
  ['http://login.example.com/', false],
  ['https://bank.example@evil.example/', false],
  ['https://:secret@evil.example/', false],
  ['javascript:alert(1)', false],
  ['file:///etc/passwd', false],
  ['holdfast://x', false],
  ['', false],
])('a browser may be sent to %s: %s', (address, may) => {
  expect(browserAddress(address) !== null).toBe(may);
});

describe('how far a login has come', () => {
  const begun: LoginBegun = { url: 'https://a.example/', host: 'a.example', expires_at: T0 + 10 * MINUTE, code: null };
  const at = (change: Partial<Login> | null, more: Partial<Parameters<typeof loginPhase>[0]> = {}) =>
    loginPhase({ begun, left: true, before: T0 - HOUR, login: change && login(change), now: T0, ...more });

  test('asks, shows where, waits and is done', () => {
    expect(at({ state: 'needed' }, { begun: null })).toBe('asking');
    expect(at({ state: 'under_way' }, { left: false })).toBe('ready');
    expect(at({ state: 'under_way' })).toBe('waiting');
    expect(at({ state: 'logged_in', since: T0 })).toBe('done');
  });

  test('an older login is not taken for the new one', () => {
    expect(at({ state: 'logged_in', since: T0 - HOUR })).toBe('over');
  });

  test('ends when its time is over, when it went wrong, and with its server', () => {
    expect(at({ state: 'needed' }, { now: begun.expires_at })).toBe('late');
    expect(at({ state: 'needed', problem: 'It was refused.' })).toBe('over');
    expect(at(null)).toBe('gone');
  });
});
