import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { callTool, connectClient, logIn, loginTest, NAME, nextEvent, protectedConfig } from './support';

/* What changes while a login, a refresh or a step-up is on its way. */

const test = loginTest.extend('ready', async ({ host, connect }) => {
  const connecting = connect({ path: `/${NAME}` });
  await nextEvent(host, 'login_needed');
  await logIn(host);
  return connecting;
});

const keptIn = (folder: string) => JSON.parse(readFileSync(join(folder, 'secrets', 'logins.json'), 'utf8'));

test('a call that wants more scope holds up no other, and a refresh does not count as the login for it', async ({
  host,
  ready,
  connect,
  authorization,
}) => {
  const other = await connect({ path: `/${NAME}` });
  expect(await callTool(other, 'count')).toBe(1);
  const needed = nextEvent(host, 'login_needed');
  const wider = ready.callTool({ name: 'admin', arguments: {} });
  await needed;
  expect(await callTool(other, 'count')).toBe(2);
  authorization.expireAccessTokens();
  const refreshed = nextEvent(host, 'login_refreshed');
  expect(await callTool(other, 'count')).toBe(3);
  await refreshed;
  expect(host.logins.view(NAME).state).toBe('needed');
  await logIn(host);
  expect((await wider).isError).not.toBe(true);
  expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
});

test('a server that was renamed during a refresh has its login under the new name alone', async ({
  host,
  ready,
  authorization,
  protected: server,
}) => {
  expect(await callTool(ready, 'count')).toBe(1);
  authorization.fault('token', 'hold', 1);
  authorization.expireAccessTokens();
  const asked = authorization.tokenRequests();
  const call = callTool(ready, 'count').catch((error: Error) => error);
  await authorization.tokenRequest(asked);
  await host.logins.rename(NAME, 'renamed');
  const refreshed = nextEvent(host, 'login_refreshed');
  host.logins.of(protectedConfig(server, { name: 'renamed' }));
  authorization.release();
  await refreshed;
  expect(Object.keys(keptIn(host.folder))).toEqual(['renamed']);
  expect(authorization.reuses).toBe(0);
  await ready.close();
  await call;
});

test('clients that ask their people at the same time send them to the same login', async ({
  host,
  owner,
  authorization,
}) => {
  await logIn(host);
  const capabilities = { elicitation: { url: {} } };
  const clients = await Promise.all([0, 1].map(() => connectClient(host, owner, { path: `/${NAME}`, capabilities })));
  await Promise.all(clients.map((client) => callTool(client, 'count')));
  const asked: string[] = [];
  for (const client of clients) {
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push((params as { url: string }).url);
      return { action: 'accept' as const };
    });
  }
  await authorization.takeBackGrants();
  const calls = clients.map((client) => callTool(client, 'count'));
  await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(2);
  expect(new Set(asked).size).toBe(1);
  expect(await followLogin(asked[0] ?? '')).toMatchObject({ status: 200 });
  expect(await Promise.all(calls)).toEqual([2, 2]);
  for (const client of clients) await client.close();
});

test('a login is begun where the server says by now, not where it said before', async ({
  host,
  ready,
  authorization,
  protected: server,
  onTestFinished,
}) => {
  await callTool(ready, 'count');
  await authorization.takeBackGrants();
  const needed = nextEvent(host, 'login_needed');
  const held = callTool(ready, 'count').catch((error: Error) => error);
  await needed;
  const port = Number(new URL(server.url).port);
  await server.close();
  const moved = await startProtectedServer({ authorization: [authorization], metadataAt: 'header', port });
  onTestFinished(() => moved.close());
  const { url } = await host.logins.begin(NAME);
  expect(await followLogin(url)).toMatchObject({ status: 200, text: expect.stringContaining('You are logged in') });
  await held;
});

test('the address of a login finishes it for its own server only', async ({ host, ready, authorization }) => {
  await callTool(ready, 'count');
  const { url } = await host.logins.begin(NAME);
  const state = new URL(url).searchParams.get('state') ?? '';
  const parameters = new URLSearchParams({ state, code: 'no-code', iss: authorization.issuer });
  await expect(host.logins.finish(parameters, 'another')).rejects.toMatchObject({ code: 'login_unknown' });
  expect((await followLogin(url)).status).toBe(200);
});
