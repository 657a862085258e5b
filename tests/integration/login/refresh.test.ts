import { describe, expect } from 'vitest';
import type { Fault } from '#tests/support/login/faulty-http';
import { callTool, logIn, loginTest, NAME, nextEvent } from './support';

/* Tokens are refreshed once, whoever meets their end, and what may pass never ends a login. */

const test = loginTest.extend('ready', async ({ host, connect }) => {
  const connecting = connect({ path: `/${NAME}` });
  await nextEvent(host, 'login_needed');
  await logIn(host);
  return connecting;
});

test('six clients with six calls each meet the end of a token: one refresh, and every call is answered', async ({
  host,
  connect,
  ready,
  authorization,
}) => {
  const others = await Promise.all(Array.from({ length: 5 }, () => connect({ path: `/${NAME}` })));
  const clients = [ready, ...others];
  await Promise.all(clients.map((client) => callTool(client, 'count')));
  let needed = 0;
  host.services.bus.subscribe((events) => {
    needed += events.filter(({ kind }) => kind === 'login_needed').length;
  });
  authorization.expireAccessTokens();
  const calls = clients.flatMap((client) => Array.from({ length: 6 }, () => callTool(client, 'add', { a: 1, b: 1 })));
  expect(await Promise.all(calls)).toEqual(Array(36).fill(2));
  expect(authorization.tokenRequests('refresh_token')).toBe(1);
  expect([authorization.reuses, needed]).toEqual([0, 0]);
});

test('a token is refreshed after four fifths of its life, and its session goes on', async ({
  host,
  ready,
  authorization,
  protected: server,
}) => {
  authorization.setTokenLife(2);
  authorization.expireAccessTokens();
  expect(await callTool(ready, 'count')).toBe(1);
  const refreshed = nextEvent(host, 'login_refreshed');
  const opened = server.sessionsOpened;
  await refreshed;
  expect(await callTool(ready, 'count')).toBe(2);
  expect(server.seen.filter(({ method, status }) => method === 'tools/call' && status === 401)).toHaveLength(1);
  expect(server.sessionsOpened).toBe(opened);
});

const PASSING: readonly [string, Fault][] = [
  ['says 503', 'unavailable'],
  ['answers with a page', 'html'],
  ['cuts the connection', 'drop'],
  ['says that it is busy', { status: 400, body: { error: 'temporarily_unavailable' } }],
  ['answers without end', 'endless'],
];

describe.each(PASSING)('an authorization server that %s', (_, fault) => {
  test('is asked again, and the call waits', async ({ host, ready, authorization }) => {
    await callTool(ready, 'count');
    authorization.fault('token', fault, 1);
    authorization.expireAccessTokens();
    expect(await callTool(ready, 'count')).toBe(2);
    expect(authorization.tokenRequests('refresh_token')).toBe(2);
    expect(authorization.reuses).toBe(0);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
  });
});

test('a login ends when its grant is taken back, and says so', async ({ host, ready, authorization }) => {
  await callTool(ready, 'count');
  await authorization.takeBackGrants();
  const needed = nextEvent(host, 'login_needed');
  const held = callTool(ready, 'count');
  expect(await needed).toMatchObject({ payload: { reason: expect.stringContaining('has ended the login') } });
  await logIn(host);
  expect(await held).toBe(2);
});

test('logging out takes the tokens back and forgets them', async ({ host, ready, authorization }) => {
  await callTool(ready, 'count');
  const out = nextEvent(host, 'logged_out');
  expect(await host.logins.logOut(NAME)).toEqual({ revoked: true });
  expect(await out).toMatchObject({ payload: { server: NAME, revoked: true } });
  expect(authorization.arrivals.filter(({ endpoint }) => endpoint === 'revocation')).toHaveLength(2);
  expect(host.logins.view(NAME)).toMatchObject({ state: 'needed', expires_at: null });
});
