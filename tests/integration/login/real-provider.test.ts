import { type Browser, chromium } from 'playwright';
import { describe, expect } from 'vitest';
import { REAL_CLIENTS, type RealClientKind } from '#tests/support/clients/real-clients';
import { disposing } from '#tests/support/fixtures';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { startAuthorizationServer } from '#tests/support/login/authorization-server';
import { type LoginBrowser, startLoginBrowser } from '#tests/support/login/browser-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { ListedConfigs } from '#tests/support/servers/configs';
import { browserLaunchOptions } from '../../../scripts/runtime/browser.mjs';
import { NAME, protectedConfig } from './support';

/* A real authorization server, a real browser and real clients, with Holdfast in between. */

const test = mcpTest
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<LoginBrowser> => {
    const browser = await startLoginBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('chromium', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await chromium.launch(browserLaunchOptions());
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
  .extend('hostOptions', ({ protected: server }) => ({ servers: new ListedConfigs(protectedConfig(server)) }))
  .extend('connect', ({ host, owner }, { onCleanup }) =>
    disposing(
      onCleanup,
      (kind: RealClientKind, path = '') => kind.connect(`${host.url}${path}`, owner.key),
      (client) => client.vanish(),
    ),
  );

/** What must be on no page: whatever the browser brought, and where the login began. */
const secretsIn = (address: string) =>
  ['code', 'state', 'iss', 'code_challenge'].flatMap((name) => new URL(address).searchParams.get(name) ?? []);

test('somebody logs in with a real browser, and ends on a page that shows nothing of the login', async ({
  host,
  browser,
}) => {
  const { url } = await host.logins.begin(NAME);
  const end = await browser.logIn(url);
  expect(end).toMatchObject({ status: 200, text: expect.stringContaining('You are logged in') });
  expect(new URL(end.url).pathname).toBe('/oauth/callback');
  for (const secret of [...secretsIn(end.url), ...secretsIn(url)]) expect(end.text).not.toContain(secret);
  expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', refreshes: true, problem: null });
});

test('who refuses is told so, and the next try counts', async ({ host, browser }) => {
  const refused = await browser.logIn((await host.logins.begin(NAME)).url, { refuses: true });
  expect(refused).toMatchObject({ status: 400, text: expect.stringContaining('The login was refused') });
  expect(host.logins.view(NAME)).toMatchObject({ problem: expect.stringContaining('The login was refused') });
  const taken = await browser.logIn((await host.logins.begin(NAME)).url);
  expect(taken.status).toBe(200);
  expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
});

test('the last page may be looked at, gone back to and left: nothing of it is kept, shown or sent on', async ({
  host,
  chromium,
}) => {
  const { url } = await host.logins.begin(NAME);
  const state = new URL(url).searchParams.get('state') ?? '';
  const context = await chromium.newContext();
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(error.message));
  const callback = new URL('/oauth/callback', host.url);
  callback.search = new URLSearchParams({ code: 'c0de-of-nobody', state: `${state}x` }).toString();
  const response = await page.goto(callback.href);
  expect(response?.status()).toBe(400);
  expect(response?.headers()).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
  });
  const shown = `${await page.title()} ${await page.content()}`;
  expect(shown).toContain('The login did not work');
  for (const secret of ['c0de-of-nobody', state]) expect(shown).not.toContain(secret);
  expect(await page.evaluate(() => getComputedStyle(document.body).maxWidth), 'its own style applies').not.toBe('none');
  await page.reload();
  expect(problems.filter((text) => !text.includes('400'))).toEqual([]);
  await context.close();
});

describe.each(REAL_CLIENTS)('$title', (kind) => {
  test.for([
    ['all servers', '', `${NAME}__`],
    ['one server', `/${NAME}`, ''],
  ] as const)(
    'calls with the login at the address of %s',
    { timeout: 60_000 },
    async ([, path, prefix], { host, browser, connect, protected: server }) => {
      await browser.logIn((await host.logins.begin(NAME)).url);
      const client = await connect(kind, path);
      await expect.poll(() => client.names('tools/list')).toContain(`${prefix}whoami`);
      expect(await client.json(`${prefix}whoami`)).toMatchObject({ account: 'ada', scopes: ['mcp:use'] });
      expect(await client.text(`${prefix}count`)).toBe('1');
      expect(new Set(server.seen.filter(({ status }) => status < 300).map(({ token }) => token)).size).toBe(1);
    },
  );
});
