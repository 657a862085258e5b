import { describe, expect } from 'vitest';
import { loginSchema } from '#src/shared/contract/login';
import { passTime } from '#tests/support/fake-clock';
import { followLogin } from '#tests/support/login/follow-login';
import { callTool, connectClient, logIn, loginTest, NAME, nextEvent } from './support';

/* Answers with tokens that are odd: no login is lost for that, and nobody is asked without end. */

type Answer = Record<string, unknown>;
const DAY_MS = 24 * 3_600_000;

const test = loginTest.extend('ready', async ({ host, connect }) => {
  const connecting = connect({ path: `/${NAME}` });
  await nextEvent(host, 'login_needed');
  await logIn(host);
  return connecting;
});
const clocked = loginTest.extend('hostOptions', ({ configs, clock }) => ({ servers: configs, clock }));
/** Lets what was begun with real sockets come to its end. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

const LIVES: readonly [string, Answer][] = [
  ['that nobody names', {}],
  ['of nothing', { expires_in: 0 }],
  ['that is over', { expires_in: -5 }],
  ['of a moment', { expires_in: 0.001 }],
  ['in words', { expires_in: 'soon' }],
  ['as text', { expires_in: '3600' }],
  ['of null', { expires_in: null }],
  ['of ages', { expires_in: 1e300 }],
  ['longer than a timer', { expires_in: 2 ** 31 }],
];

describe.each(LIVES)('a token with a life %s', (_, life) => {
  clocked('is used, and refreshed no more often than that', async ({ host, owner, authorization, clock }) => {
    authorization.settings.tokens = ({ expires_in, ...answer }) => ({ ...answer, ...life });
    const { url } = await passTime(clock, host.logins.begin(NAME));
    expect(await passTime(clock, followLogin(url))).toMatchObject({ status: 200 });
    const client = await passTime(clock, connectClient(host, owner, { path: `/${NAME}` }));
    expect(await passTime(clock, callTool(client, 'count'))).toBe(1);
    expect(loginSchema.safeParse(host.logins.view(NAME)).error).toBeUndefined();
    clock.advance(60_000);
    await passTime(clock, settled());
    expect(authorization.tokenRequests('refresh_token')).toBe(0);
    await passTime(clock, client.close());
  });
});

clocked('a token that lives for a month is refreshed in time', async ({ host, authorization, clock }) => {
  authorization.setTokenLife(30 * 24 * 3600);
  await passTime(clock, logIn(host));
  for (let day = 0; day < 23; day += 1) clock.advance(DAY_MS);
  await passTime(clock, settled());
  expect(authorization.tokenRequests('refresh_token')).toBe(0);
  const refreshed = nextEvent(host, 'login_refreshed');
  clock.advance(2 * DAY_MS);
  await passTime(clock, refreshed);
  expect(authorization.tokenRequests('refresh_token')).toBe(1);
});

const SAME_REFRESH_TOKEN: readonly [string, (answer: Answer) => Answer][] = [
  ['no refresh token', ({ refresh_token, ...answer }) => answer],
  ['an empty refresh token', (answer) => ({ ...answer, refresh_token: '' })],
  ['null for a refresh token', (answer) => ({ ...answer, refresh_token: null })],
];

describe.each(SAME_REFRESH_TOKEN)('a refresh that brings %s', (_, change) => {
  test('leaves the one that there is', async ({ ready, authorization, host }) => {
    authorization.settings.rotates = false;
    await logIn(host);
    authorization.settings.tokens = (answer) => change(answer);
    await callTool(ready, 'count');
    for (const count of [2, 3]) {
      authorization.expireAccessTokens();
      expect(await callTool(ready, 'count')).toBe(count);
    }
    expect(authorization.tokenRequests('refresh_token')).toBe(2);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
  });
});

const ODD: readonly [string, (answer: Answer) => Answer][] = [
  ['no type', ({ token_type, ...answer }) => answer],
  ['a type in capitals', (answer) => ({ ...answer, token_type: 'BEARER' })],
  ['another scope', (answer) => ({ ...answer, scope: 'mcp:use more' })],
  ['no scope', ({ scope, ...answer }) => answer],
  ['null for a scope', (answer) => ({ ...answer, scope: null })],
  ['scopes as a list', (answer) => ({ ...answer, scope: ['mcp:use'] })],
  ['a life in words', (answer) => ({ ...answer, expires_in: 'soon' })],
  ['an id token that is none', (answer) => ({ ...answer, id_token: 'x.y.z' })],
  ['null for an id token', (answer) => ({ ...answer, id_token: null })],
];

describe.each(ODD)('a refresh that brings %s', (_, change) => {
  test('counts: its refresh token is used up', async ({ ready, authorization, host }) => {
    await callTool(ready, 'count');
    authorization.settings.tokens = (answer) => change(answer);
    for (const count of [2, 3]) {
      authorization.expireAccessTokens();
      expect(await callTool(ready, 'count')).toBe(count);
    }
    expect([authorization.tokenRequests('refresh_token'), authorization.reuses]).toEqual([2, 0]);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
  });
});

test('a session that ends with each token is made anew, and calls go on', async ({
  ready,
  authorization,
  protected: server,
}) => {
  server.settings.endsSessionsOfOtherTokens = true;
  expect(await callTool(ready, 'count')).toBe(1);
  for (let round = 0; round < 4; round += 1) {
    authorization.expireAccessTokens();
    expect(await callTool(ready, 'add', { a: round, b: 1 })).toBe(round + 1);
  }
  expect(server.sessionsOpened).toBe(5);
});
