import { expect } from 'vitest';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { DEVICE_SUCCESS_TEXT, startAuthorizationServer } from '#tests/support/login/authorization-server';
import { startLoginBrowser } from '#tests/support/login/browser-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { ListedConfigs } from '#tests/support/servers/configs';
import { callTool, connectClient, NAME, nextEvent, protectedConfig } from './support';

/* A login on another device, for whoever sits in front of another machine. */

const test = mcpTest
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await startLoginBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('authorization', async ({}, { onCleanup }) => {
    const server = await startAuthorizationServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('protected', async ({ authorization }, { onCleanup }) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    onCleanup(() => server.close());
    return server;
  })
  .extend('hostOptions', ({ protected: server }) => ({ servers: new ListedConfigs(protectedConfig(server)) }));

test('is made with a code that is entered elsewhere, and refreshed like any other', async ({
  host,
  owner,
  authorization,
  browser,
}) => {
  const needed = nextEvent(host, 'login_needed');
  const connecting = connectClient(host, owner, { path: `/${NAME}` });
  await needed;
  const begun = await host.logins.begin(NAME, 'device');
  expect(begun.code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  expect(host.logins.view(NAME).state).toBe('under_way');
  const loggedIn = nextEvent(host, 'logged_in');
  const end = await browser.logIn(begun.url, { account: 'grace' });
  expect(end.text).toBe(DEVICE_SUCCESS_TEXT);
  await loggedIn;
  const client = await connecting;
  expect(await callTool(client, 'count')).toBe(1);
  authorization.expireAccessTokens();
  expect(await callTool(client, 'count')).toBe(2);
  expect(authorization.tokenRequests('refresh_token')).toBe(1);
  await client.close();
});
