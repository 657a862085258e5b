import type { Client } from '@modelcontextprotocol/client';
import { test as base, describe, expect } from 'vitest';
import { disposing } from '#tests/support/fixtures';
import { startAuthorizationServer } from '#tests/support/login/authorization-server';
import { startLoginBrowser } from '#tests/support/login/browser-login';
import { LoginClient } from '#tests/support/login/login-client';
import { startProtectedServer, tokenHash } from '#tests/support/login/protected-mcp-server';
import { REDIRECT_PAGE_TEXT, startRedirectPage } from '#tests/support/login/redirect-page';
import { startRotatingServer } from '#tests/support/login/rotating-server';

/** The servers that tests of logins stand on, tried with the SDK's own client. */

const close = (one: { close(): Promise<void> }) => one.close();
const test = base
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await startLoginBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend('startReal', ({}, { onCleanup }) => disposing(onCleanup, startAuthorizationServer, close))
  .extend('startOwn', ({}, { onCleanup }) => disposing(onCleanup, startRotatingServer, close))
  .extend('protect', ({}, { onCleanup }) => disposing(onCleanup, startProtectedServer, close))
  .extend('connected', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (login: LoginClient, ...to: Parameters<LoginClient['connect']>) => login.connect(...to),
      close,
    ),
  )
  .extend('page', async ({}, { onCleanup }) => {
    const page = await startRedirectPage();
    onCleanup(() => page.close());
    return page;
  })
  .extend('login', ({ page }) => new LoginClient(page.url));

async function call(client: Client, name: string, args: Record<string, unknown> = {}): Promise<unknown> {
  const { content } = await client.callTool({ name, arguments: args });
  const [first] = content as { text: string }[];
  return JSON.parse(first?.text ?? 'null');
}

describe('the real authorization server', () => {
  test.for(['opaque', 'jwt'] as const)(
    'registers, logs in with a browser, serves calls and refreshes, with %s tokens',
    async (tokenFormat, { startReal, protect, browser, page, login, connected }) => {
      const authorization = await startReal({ tokenFormat });
      const server = await protect({ authorization: [authorization] });
      let end: unknown;
      await login.logIn(
        server.url,
        async (url) => {
          end = await browser.logIn(url, { account: 'grace' });
        },
        () => page.visit(0),
      );
      expect(end).toMatchObject({ status: 200, text: REDIRECT_PAGE_TEXT });
      expect(login.visited[0]?.searchParams.get('resource')).toBe(server.url);
      const client = await connected(login, server.url);
      expect(await call(client, 'add', { a: 2, b: 3 })).toBe(5);
      expect(await call(client, 'whoami')).toMatchObject({ account: 'grace', scopes: ['mcp:use'] });

      const before = login.tokens()?.access_token ?? '';
      authorization.expireAccessTokens();
      expect(await call(client, 'count')).toBe(1);
      const after = login.tokens()?.access_token ?? '';
      expect(after).not.toBe(before);
      expect(authorization.tokenRequests('refresh_token')).toBe(1);
      expect((await authorization.tokenRequest(1)).get('resource')).toBe(server.url);
      const used = server.seen
        .filter(({ method }) => method === 'tools/call')
        .map(({ token, status }) => [token, status]);
      expect(used).toEqual([
        [tokenHash(before), 200],
        [tokenHash(before), 200],
        [tokenHash(before), 401],
        [tokenHash(after), 200],
      ]);
      expect(server.sessionsOpened).toBe(1);
    },
  );
});
