import { expect } from 'vitest';
import { type LoginSettings, NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import { passTime } from '#tests/support/fake-clock';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { type RotatingServer, startRotatingServer } from '#tests/support/login/rotating-server';
import { callTool, logIn, loginTest, NAME, nextEvent, protectedConfig } from './support';

/* What came from one authorization server goes to no other, whatever the server says later. */

const SECRET = 'the-secret-of-the-entry';

const test = loginTest
  .extend('other', async ({}, { onCleanup }) => {
    const server = await startRotatingServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('ready', async ({ host, connect }) => {
    const connecting = connect({ path: `/${NAME}` });
    await nextEvent(host, 'login_needed');
    await logIn(host);
    return connecting;
  });
const clocked = test.extend('hostOptions', ({ configs, clock }) => ({ servers: configs, clock }));

const withSettings = (server: { url: string }, settings: Partial<LoginSettings>) =>
  protectedConfig(server, {
    target: { kind: 'http', url: server.url, headers: {}, login: { ...NO_LOGIN_SETTINGS, ...settings } },
  });

/** Everything that an authorization server has heard, as one text. */
const heardBy = ({ arrivals }: RotatingServer): string =>
  arrivals
    .map(({ headers, body }) => `${Buffer.from(headers.authorization?.replace(/^Basic /, '') ?? '', 'base64')} ${body}`)
    .join('\n');

clocked(
  'a refresh token stays with who gave it, though the server names another one now',
  async ({ host, authorization, other, protected: server, clock }) => {
    await passTime(clock, logIn(host));
    server.settings.authorization = [other];
    // Somebody looks where one would log in now, and leaves it at that.
    await passTime(clock, host.logins.begin(NAME));
    host.logins.cancel(NAME);
    const needed = nextEvent(host, 'login_needed');
    clock.advance(3_500_000);
    await passTime(clock, needed);
    expect(other.tokenRequests()).toBe(0);
    expect(authorization.reuses).toBe(0);
    expect(host.logins.view(NAME).problem).toContain(new URL(other.origin).host);
  },
);

test('tokens are taken back where they came from, or nowhere', async ({ host, other, protected: server }) => {
  await logIn(host);
  server.settings.authorization = [other];
  await host.logins.begin(NAME);
  expect(await host.logins.logOut(NAME)).toEqual({ revoked: false });
  expect(other.arrivals.filter(({ endpoint }) => endpoint === 'revocation')).toEqual([]);
});

test('the secret of an entry goes to whom it was first used with', async ({
  host,
  configs,
  other,
  protected: server,
  onTestFinished,
}) => {
  const redirectUris = [`http://127.0.0.1:${host.port}/oauth/callback`];
  const known = await startRotatingServer({ clients: { me: { secret: SECRET, redirectUris } } });
  onTestFinished(() => known.close());
  server.settings.authorization = [known];
  configs.set(withSettings(server, { clientId: 'me', clientSecret: SECRET }));
  await logIn(host);
  expect(heardBy(known)).toContain(SECRET);

  server.settings.authorization = [other];
  await expect(host.logins.begin(NAME)).rejects.toThrow(
    /belongs to another authorization server.*Log out and in again/,
  );
  expect(heardBy(other)).not.toContain(SECRET);
  expect(other.tokenRequests()).toBe(0);

  await host.logins.logOut(NAME);
  expect((await host.logins.begin(NAME)).url).toContain(other.origin);
});

test('a login is found again though its metadata are elsewhere now', async ({
  host,
  configs,
  authorization,
  connect,
  onTestFinished,
}) => {
  const before = await startProtectedServer({ authorization: [authorization], metadataAt: 'header' });
  configs.set(protectedConfig(before));
  const needed = nextEvent(host, 'login_needed');
  const connecting = connect({ path: `/${NAME}` });
  await needed;
  await logIn(host);
  const client = await connecting;
  await callTool(client, 'count');
  const port = Number(new URL(before.url).port);
  await before.close();
  const after = await startProtectedServer({ authorization: [authorization], metadataAt: 'path', port });
  onTestFinished(() => after.close());
  expect((await followLogin((await host.logins.begin(NAME)).url)).status).toBe(200);
});
