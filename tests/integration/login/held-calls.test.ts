import { describe, expect } from 'vitest';
import { followLogin } from '#tests/support/login/follow-login';
import { callTool, logIn, NAME, nextEvent, loginTest as test } from './support';

/* A call that meets a dead login waits for a new one, and goes on. */

const PATHS = [
  ['all servers', '', `${NAME}__`],
  ['the server', `/${NAME}`, ''],
] as const;

describe.each(PATHS)('at the address of %s', (_, path, prefix) => {
  test('a call waits for the first login, and is answered after it', async ({ host, connect, protected: server }) => {
    const needed = nextEvent(host, 'login_needed');
    const connecting = connect({ path });
    if (path !== '') await needed;
    if (path !== '') await logIn(host);
    const client = await connecting;
    if (path === '') {
      // Its tools are not known before somebody has logged in.
      await client.listTools();
      await needed;
      expect(host.services.servers.stateOf(NAME)?.state).toBe('needs_login');
      const changed = nextEvent(host, 'logged_in');
      await logIn(host);
      await changed;
      await expect.poll(async () => (await client.listTools()).tools.map(({ name }) => name)).toContain(`${prefix}add`);
    }
    expect(await callTool(client, `${prefix}add`, { a: 2, b: 3 })).toBe(5);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', refreshes: true, problem: null });
    expect(server.sessionsOpened).toBe(path === '' ? 2 : 1);
  });

  test('a call that meets a login which is over waits in its session, and goes on in it', async ({
    host,
    connect,
    authorization,
    protected: server,
  }) => {
    const connecting = connect({ path });
    const needed = nextEvent(host, 'login_needed');
    if (path !== '') {
      await needed;
      await logIn(host);
    }
    const client = await connecting;
    if (path === '') {
      await client.listTools();
      await needed;
      await logIn(host);
      await expect.poll(async () => (await client.listTools()).tools.length).toBeGreaterThan(0);
    }
    expect(await callTool(client, `${prefix}count`)).toBe(1);
    const opened = server.sessionsOpened;
    await authorization.takeBackGrants();
    const again = nextEvent(host, 'login_needed');
    const held = callTool(client, `${prefix}count`);
    expect(await again).toMatchObject({ payload: { server: NAME, host: new URL(authorization.origin).host } });
    const state = () => host.services.servers.stateOf(NAME);
    await expect.poll(state).toMatchObject({ state: 'needs_login', login: { held_calls: 1 } });
    await logIn(host);
    expect(await held).toBe(2);
    expect(server.sessionsOpened, 'the session goes on').toBe(opened);
    expect(state()).toMatchObject({ state: 'running', login: { held_calls: 0 } });
  });
});

test('a client that can show an address is asked there, and hears that it is done', async ({
  host,
  connect,
  authorization,
}) => {
  const connecting = connect({ path: `/${NAME}`, capabilities: { elicitation: { url: {} } } });
  await nextEvent(host, 'login_needed');
  await logIn(host);
  const client = await connecting;
  expect(await callTool(client, 'count')).toBe(1);
  await authorization.takeBackGrants();
  const asked: { url: string; elicitationId: string; message: string }[] = [];
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    asked.push(params as never);
    void followLogin((params as { url: string }).url);
    return { action: 'accept' as const };
  });
  const completed = new Promise<string>((resolve) => {
    client.setNotificationHandler('notifications/elicitation/complete', ({ params }) => resolve(params.elicitationId));
  });
  expect(await callTool(client, 'count')).toBe(2);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.url.startsWith(authorization.origin)).toBe(true);
  expect(asked[0]?.message).toContain(new URL(authorization.origin).host);
  expect(await completed).toBe(asked[0]?.elicitationId);
});

test('a client that asked for progress hears what its call waits for', async ({ host, connect, authorization }) => {
  const connecting = connect({ path: `/${NAME}` });
  await nextEvent(host, 'login_needed');
  await logIn(host);
  const client = await connecting;
  await callTool(client, 'count');
  await authorization.takeBackGrants();
  const heard = new Promise<string>((resolve) => {
    const onprogress = ({ message }: { message?: string }) => resolve(message ?? '');
    void client.callTool({ name: 'count', arguments: {} }, { onprogress }).catch(() => {});
  });
  expect(await heard).toContain(`Waiting for a login at ${new URL(authorization.origin).host}`);
  await logIn(host);
});
