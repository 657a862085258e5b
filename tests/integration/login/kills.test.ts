import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect } from 'vitest';
import type { Login } from '#src/shared/contract/login';
import { MatrixHost } from '#tests/integration/durable/support/host';
import { bundleForNode } from '#tests/support/bundle';
import { Chance } from '#tests/support/chance';
import { disposing, folderTest } from '#tests/support/fixtures';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { endServers } from '#tests/support/servers/configs';
import { callTool, NAME } from './support';

/* Holdfast is killed while it refreshes a login whose tokens may be used once. The login is never lost. */

const PROGRAM = join(import.meta.dirname, '../durable/programs/jumping-host.ts');
const ROUNDS = 12;
/** A login is found to be needed, and a call held, by asking the server. */
const SOON = { timeout: 15_000 };
const chance = new Chance('kills of a refresh');

const test = folderTest
  .extend('program', { scope: 'file' }, async ({}, { onCleanup }) => {
    const bundle = await bundleForNode(PROGRAM);
    onCleanup(() => bundle.remove());
    return bundle.file;
  })
  .extend('authorization', async ({}, { onCleanup }) => {
    const server = await startRotatingServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('protected', async ({ authorization }, { onCleanup }) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    onCleanup(() => server.close());
    return server;
  })
  .extend('host', async ({ program, folder, protected: server }, { onCleanup }) => {
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { [NAME]: { url: server.url } } }));
    const host = new MatrixHost(program, folder);
    onCleanup(async () => {
      await host.kill();
      await endServers(folder);
    });
    await host.start();
    return host;
  })
  .extend('connect', async ({ host }, { onCleanup }) => {
    const key = await host.newKey('Test');
    return disposing(
      onCleanup,
      async (path = `/mcp/${NAME}`) => {
        const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
        const requestInit = { headers: { Authorization: `Bearer ${key}` } };
        await client.connect(new StreamableHTTPClientTransport(new URL(host.url + path), { requestInit }));
        return client;
      },
      (client) => client.close(),
    );
  })
  .extend('ready', async ({ host, connect }) => {
    const connecting = connect();
    await expect.poll(async () => (await loginOf(host)).state, SOON).toBe('needed');
    const { url } = (await host.admin(`/api/mcp/servers/${NAME}/login`, {})) as { url: string };
    expect((await followLogin(url)).status).toBe(200);
    return connecting;
  });

async function loginOf(host: MatrixHost): Promise<Login> {
  return ((await host.admin(`/api/mcp/servers/${NAME}`)) as { login: Login }).login;
}

test('after it has asked, and before the answer has come', { timeout: 60_000 }, async ({
  host,
  ready,
  connect,
  authorization,
}) => {
  expect(await callTool(ready, 'count')).toBe(1);
  // It is done at the authorization server, and the answer comes when nobody is there.
  authorization.fault('token', 'hold', 1);
  authorization.expireAccessTokens();
  const asked = authorization.tokenRequest(1);
  void callTool(ready, 'count').catch(() => {});
  await asked;
  await host.kill();
  authorization.release();
  await host.start();
  expect(await callTool(await connect(), 'add', { a: 1, b: 2 })).toBe(3);
  expect(authorization.reuses).toBe(0);
  expect(authorization.tokenRequests('refresh_token')).toBe(1);
  expect(await loginOf(host)).toMatchObject({ state: 'logged_in', problem: null });
});

test('at any moment', { timeout: 120_000 }, async ({ host, ready, connect, authorization }) => {
  await callTool(ready, 'count');
  for (let round = 0; round < ROUNDS; round += 1) {
    authorization.expireAccessTokens();
    const before = authorization.tokenRequests();
    const client = await connect().catch(() => null);
    if (client) void callTool(client, 'count').catch(() => {});
    if (round % 2 === 0) await authorization.tokenRequest(before);
    await delay(chance.below(40));
    await host.kill();
    await host.start();
    expect(await callTool(await connect(), 'add', { a: 1, b: 2 })).toBe(3);
    expect(authorization.reuses, `round ${round}`).toBe(0);
    expect((await loginOf(host)).state).toBe('logged_in');
  }
});

test.for([
  ['kill', `/mcp/${NAME}`, 'count'],
  ['quit', `/mcp/${NAME}`, 'count'],
  ['kill', '/mcp', `${NAME}__count`],
] as const)(
  'a call that waits for a login survives a %s at %s, and is answered after the login',
  { timeout: 60_000 },
  async ([how, path, tool], { host, ready, connect, authorization }) => {
    const client = path === '/mcp' ? await connect(path) : ready;
    expect(await callTool(client, tool)).toBe(1);
    await authorization.takeBackGrants();
    const held = callTool(client, tool);
    await expect.poll(async () => (await loginOf(host)).held_calls, SOON).toBe(1);
    await host[how]();
    await host.start();
    await expect.poll(async () => (await loginOf(host)).held_calls, SOON).toBe(1);
    const { url } = (await host.admin(`/api/mcp/servers/${NAME}/login`, {})) as { url: string };
    expect((await followLogin(url)).status).toBe(200);
    expect(await held).toBe(2);
    expect((await loginOf(host)).held_calls).toBe(0);
  },
);
