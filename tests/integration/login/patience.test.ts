import { expect } from 'vitest';
import { passTime } from '#tests/support/fake-clock';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { callTool, connectClient, logIn, loginTest, NAME, nextEvent, protectedConfig } from './support';

/* Nobody logs in; or the clock is wrong. Everything ends in time, and nothing stays behind. */

const HOUR_MS = 3_600_000;
const LONG = { timeout: 1e9 };
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    (value) => `no error, but ${JSON.stringify(value)}`,
    (error: Error) => error.message,
  );

const test = loginTest
  .extend('hostOptions', ({ configs, clock }) => ({ servers: configs, clock }))
  .extend('client', async ({ host, owner, clock }) => {
    await passTime(clock, logIn(host));
    const client = await passTime(clock, connectClient(host, owner, { path: `/${NAME}` }));
    await passTime(clock, callTool(client, 'count'));
    await passTime(clock, settled());
    return client;
  });

test('a call that nobody logs in for is answered after five minutes with where to log in', async ({
  host,
  client,
  clock,
  authorization,
}) => {
  const { pending } = clock;
  await authorization.takeBackGrants();
  const before = clock.monotonic();
  const needed = nextEvent(host, 'login_needed');
  let isOver = false;
  const outcome = messageOf(client.callTool({ name: 'count', arguments: {} }, LONG)).finally(() => {
    isOver = true;
  });
  await passTime(clock, needed);
  while (!isOver) {
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await outcome).toMatch(
    /needs a login at 127\.0\.0\.1:\d+\. Log in in the Servers view of Holdfast, or with "holdfast servers login notes"/,
  );
  expect(clock.monotonic() - before).toBeGreaterThan(299_000);
  expect(clock.monotonic() - before).toBeLessThan(330_000);
  await passTime(clock, settled());
  expect(host.services.servers.stateOf(NAME)).toMatchObject({ state: 'needs_login', login: { held_calls: 0 } });
  expect(clock.pending).toBeLessThanOrEqual(pending);
  await passTime(clock, client.close());
});

test('a call that its client cancels is not held any more', async ({ host, client, clock, authorization }) => {
  await authorization.takeBackGrants();
  const abort = new AbortController();
  const needed = nextEvent(host, 'login_needed');
  const outcome = messageOf(client.callTool({ name: 'count', arguments: {} }, { ...LONG, signal: abort.signal }));
  await passTime(clock, needed);
  expect(host.services.servers.stateOf(NAME)?.login.held_calls).toBe(1);
  abort.abort();
  await outcome;
  await passTime(clock, settled());
  for (let second = 0; second < 6; second += 1) clock.advance(1_000);
  await expect.poll(() => host.services.servers.stateOf(NAME)?.login.held_calls).toBe(0);
  await passTime(clock, client.close());
});

test.for(['disabled', 'removed'] as const)(
  'a call is held no more once its server is %s',
  async (how, { host, configs, client, clock, authorization, protected: server }) => {
    await authorization.takeBackGrants();
    const needed = nextEvent(host, 'login_needed');
    const outcome = messageOf(client.callTool({ name: 'count', arguments: {} }, LONG));
    await passTime(clock, needed);
    const before = clock.monotonic();
    if (how === 'disabled') configs.set(protectedConfig(server, { enabled: false }));
    else configs.set();
    expect(await passTime(clock, outcome)).toMatch(/was stopped/);
    expect(clock.monotonic() - before).toBeLessThan(2_000);
    await passTime(clock, client.close());
  },
);

test('after the last server is gone no timer is left that its login began', async ({ host, configs, clock }) => {
  const { pending } = clock;
  await passTime(clock, logIn(host));
  await passTime(clock, host.logins.begin(NAME));
  expect(clock.pending).toBeGreaterThan(pending);
  configs.set();
  await passTime(clock, settled());
  expect(clock.pending).toBe(pending);
});

test('a clock that is set an hour ahead or back loses no login, and asks for little', async ({
  host,
  client,
  clock,
  authorization,
}) => {
  for (const [round, by] of [HOUR_MS, -2 * HOUR_MS, HOUR_MS].entries()) {
    clock.setBy(by);
    host.logins.wake();
    await passTime(clock, settled());
    expect(await passTime(clock, callTool(client, 'count'))).toBe(round + 2);
  }
  expect(authorization.tokenRequests('refresh_token')).toBeLessThanOrEqual(2);
  expect(authorization.reuses).toBe(0);
  expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
  authorization.expireAccessTokens();
  expect(await passTime(clock, callTool(client, 'count'))).toBe(5);
  await passTime(clock, client.close());
});

test('a machine that slept past the end of its token refreshes once', async ({
  host,
  client,
  clock,
  authorization,
}) => {
  authorization.expireAccessTokens();
  clock.sleep(10 * HOUR_MS);
  host.logins.wake();
  const calls = Promise.all([1, 2, 3].map(() => callTool(client, 'add', { a: 1, b: 1 })));
  expect(await passTime(clock, calls)).toEqual([2, 2, 2]);
  expect(authorization.tokenRequests('refresh_token')).toBe(1);
  await passTime(clock, client.close());
});

test('a server that refuses every token is tried with a few, then says so', async ({
  host,
  client,
  clock,
  authorization,
  protected: server,
}) => {
  server.settings.metadata = (document) => ({ ...document, resource: server.url });
  server.settings.resource = 'https://elsewhere.example';
  const needed = nextEvent(host, 'login_needed');
  const held = messageOf(client.callTool({ name: 'count', arguments: {} }, LONG));
  expect(await passTime(clock, needed)).toMatchObject({
    payload: { reason: 'The server refuses every token that the login gives.' },
  });
  expect(authorization.tokenRequests('refresh_token')).toBe(2);
  for (let round = 0; round < 3; round += 1) {
    const { url } = await passTime(clock, host.logins.begin(NAME));
    await passTime(clock, followLogin(url));
    await passTime(clock, settled());
  }
  expect(await passTime(clock, held)).toMatch(/401|needs a login/);
  expect(authorization.tokenRequests()).toBeLessThan(15);
  await passTime(clock, client.close());
});

const opened = loginTest.extend('protected', async ({ authorization }, { onCleanup }) => {
  const server = await startProtectedServer({
    authorization: [authorization],
    openMethods: ['initialize', 'notifications/initialized', 'tools/list', 'GET', ''],
    metadataAt: 'root',
  });
  onCleanup(() => server.close());
  return server;
});

opened('a server that is open but for its calls needs a login for them alone', async ({ host, connect }) => {
  const client = await connect({ path: `/${NAME}` });
  expect((await client.listTools()).tools.map(({ name }) => name)).toContain('count');
  expect(host.logins.view(NAME).state).toBe('none');
  const needed = nextEvent(host, 'login_needed');
  const held = callTool(client, 'count');
  await needed;
  await logIn(host);
  expect(await held).toBe(1);
});
