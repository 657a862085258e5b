import { auth, type Client } from '@modelcontextprotocol/client';
import { test as base, describe, expect } from 'vitest';
import { disposing } from '#tests/support/fixtures';
import { DEVICE_SUCCESS_TEXT, startAuthorizationServer } from '#tests/support/login/authorization-server';
import { startLoginBrowser } from '#tests/support/login/browser-login';
import type { Fault } from '#tests/support/login/faulty-http';
import { followLogin } from '#tests/support/login/follow-login';
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

  test('revokes a grant whose refresh token comes twice', async ({ startReal, protect, browser, page, login }) => {
    const authorization = await startReal();
    const server = await protect({ authorization: [authorization] });
    await login.logIn(
      server.url,
      (url) => browser.logIn(url),
      () => page.visit(0),
    );
    const first = login.tokens();
    await login.refresh(server.url);
    const second = login.tokens();
    expect(second?.refresh_token).not.toBe(first?.refresh_token);
    expect(authorization.reuses).toBe(0);

    const again = await refreshWith(authorization.origin, login, first?.refresh_token, server.url);
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(authorization.reuses).toBe(1);
    const newest = await refreshWith(authorization.origin, login, second?.refresh_token, server.url);
    expect(newest).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await authorization.inspect(second?.access_token ?? '')).toBeNull();
  });

  test('takes grants back, and a person can refuse', async ({ startReal, protect, browser, page, login }) => {
    const authorization = await startReal({ tokenFormat: 'jwt' });
    const server = await protect({ authorization: [authorization] });
    await login.logIn(
      server.url,
      (url) => browser.logIn(url),
      () => page.visit(0),
    );
    const tokens = login.tokens();
    await authorization.takeBackGrants();
    expect(await authorization.inspect(tokens?.access_token ?? '')).toBeNull();
    const refused = await refreshWith(authorization.origin, login, tokens?.refresh_token, server.url);
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });

    await auth(login, { serverUrl: server.url, forceReauthorization: true });
    await browser.logIn(login.visited.at(-1)?.href ?? '', { refuses: true });
    expect((await page.visit(1)).get('error')).toBe('access_denied');
  });

  test('logs in a device, whose code somebody enters elsewhere', async ({ startReal, browser }) => {
    const client = { client_id: 'device', token_endpoint_auth_method: 'none', redirect_uris: [], response_types: [] };
    const grantType = 'urn:ietf:params:oauth:grant-type:device_code';
    const authorization = await startReal({
      clients: [{ ...client, grant_types: [grantType, 'refresh_token'], application_type: 'native' }],
    });
    const resource = 'http://127.0.0.1:1/mcp';
    const asked = { client_id: 'device', scope: 'mcp:use offline_access', resource };
    const { body } = await post(`${authorization.origin}/device_authorization`, asked);
    const redeem = () =>
      post(`${authorization.origin}/token`, {
        client_id: 'device',
        grant_type: grantType,
        device_code: String(body.device_code),
        resource,
      });
    expect((await redeem()).body.error).toBe('authorization_pending');
    const end = await browser.logIn(String(body.verification_uri_complete), { account: 'grace' });
    expect(end.text).toBe(DEVICE_SUCCESS_TEXT);
    const { access_token, refresh_token } = (await redeem()).body;
    expect(refresh_token).toBeTypeOf('string');
    expect(await authorization.inspect(String(access_token))).toMatchObject({ account: 'grace', audience: [resource] });
  });

  test('issues tokens to a machine, for the resources and as long as it is told', async ({ startReal }) => {
    const resource = 'http://127.0.0.1:1/mcp';
    const authorization = await startReal({
      tokenLife: 2,
      registers: false,
      resources: [resource],
      clients: [
        {
          client_id: 'machine',
          client_secret: 'secret of a machine',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: 'client_secret_post',
        },
      ],
    });
    expect(await metadataOf(authorization.origin)).not.toHaveProperty('registration_endpoint');
    const ask = (wanted: string) =>
      post(`${authorization.origin}/token`, {
        client_id: 'machine',
        client_secret: 'secret of a machine',
        grant_type: 'client_credentials',
        scope: 'mcp:use',
        resource: wanted,
      });
    const { body } = await ask(resource);
    expect(body.expires_in).toBe(2);
    const facts = { account: null, clientId: 'machine', scopes: ['mcp:use'], audience: [resource] };
    expect(await authorization.inspect(String(body.access_token))).toMatchObject(facts);
    authorization.setTokenLife(7);
    expect((await ask(resource)).body.expires_in).toBe(7);
    expect(await ask('http://127.0.0.1:2/mcp')).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  test('is a new issuer when it is told to be', async ({ startReal }) => {
    const authorization = await startReal();
    const next = authorization.origin.replace('127.0.0.1', 'localhost');
    authorization.changeIssuer(next);
    expect((await metadataOf(authorization.origin)).issuer).toBe(next);
    expect(authorization.issuer).toBe(next);
  });
});

describe('the server that asks nobody', () => {
  test('logs in without a browser, and refreshes', async ({ startOwn, protect, page, login, connected }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    authorization.settings.account = 'grace';
    let end: unknown;
    await login.logIn(
      server.url,
      async (url) => {
        end = await followLogin(url);
      },
      () => page.visit(0),
    );
    expect(end).toMatchObject({ status: 200, text: expect.stringContaining(REDIRECT_PAGE_TEXT) });
    const client = await connected(login, server.url);
    expect(await call(client, 'whoami')).toMatchObject({ account: 'grace', scopes: ['mcp:use', 'offline_access'] });
    authorization.expireAccessTokens();
    expect(await call(client, 'add', { a: 1, b: 1 })).toBe(2);
    expect(authorization.tokenRequests('refresh_token')).toBe(1);
  });

  test('voids a login whose refresh token comes twice', async ({ startOwn, protect, page, login }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    const first = login.tokens();
    await login.refresh(server.url);
    expect(await authorization.inspect(login.tokens()?.access_token ?? '')).not.toBeNull();
    const again = await refreshWith(authorization.origin, login, first?.refresh_token, server.url);
    expect(again).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(authorization.reuses).toBe(1);
    expect(await authorization.inspect(login.tokens()?.access_token ?? '')).toBeNull();
  });

  test('loses an answer after it has done what was asked', async ({ startOwn, protect, page, login }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    const token = login.tokens()?.refresh_token;
    authorization.fault('token', 'lose', 1);
    await expect(refreshWith(authorization.origin, login, token, server.url)).rejects.toThrow('fetch failed');
    await refreshWith(authorization.origin, login, token, server.url);
    expect(authorization.reuses).toBe(1);
  });

  test('holds requests until they are let go', async ({ startOwn, protect, page, login }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    authorization.fault('token', 'hold');
    const before = login.tokens();
    const refreshed = login.refresh(server.url);
    expect((await authorization.tokenRequest(1)).get('grant_type')).toBe('refresh_token');
    // Others are answered meanwhile.
    await metadataOf(authorization.origin);
    expect(login.tokens()).toBe(before);
    authorization.release();
    await refreshed;
    expect(login.tokens()).not.toBe(before);
  });

  test('its metadata are wrong as a test has it', async ({ startOwn }) => {
    const authorization = await startOwn();
    authorization.settings.metadata = ({ registration_endpoint, ...rest }) => ({
      ...rest,
      issuer: 'https://other.test',
    });
    const document = await metadataOf(authorization.origin);
    expect(document).toMatchObject({ issuer: 'https://other.test', token_endpoint: `${authorization.origin}/token` });
    expect(document).not.toHaveProperty('registration_endpoint');
  });

  test('its redirects say something else as a test has it', async ({ startOwn, protect, page, login }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    authorization.settings.redirect = (answer) => answer.set('iss', 'https://other.test');
    const loggedIn = login.logIn(server.url, followLogin, () => page.visit(0));
    await expect(loggedIn).rejects.toThrow('RFC 9207');
    expect(authorization.tokenRequests()).toBe(0);
  });
});

describe.for(['real', 'own'] as const)('faults of the %s server', (kind) => {
  const ANSWERS: readonly [Fault, unknown][] = [
    ['unavailable', { status: 503 }],
    ['html', { status: 200, type: 'text/html' }],
    ['drop', 'fetch failed'],
    ['hang', 'no answer'],
    ['endless', 'no answer'],
    [
      { status: 400, body: { error: 'slow_down' } },
      { status: 400, type: 'application/json' },
    ],
  ];

  test.for(ANSWERS)('%j, as often as is said', async ([fault, expected], { startReal, startOwn }) => {
    const authorization = kind === 'real' ? await startReal() : await startOwn();
    authorization.fault('token', fault, 1);
    const limit = AbortSignal.timeout(200);
    const ask = async (signal: AbortSignal) => {
      const body = new URLSearchParams({ grant_type: 'refresh_token' });
      const response = await fetch(`${authorization.origin}/token`, { method: 'POST', body, signal });
      await response.text();
      return { status: response.status, type: response.headers.get('content-type') };
    };
    const answer = await ask(limit).catch(() => (limit.aborted ? 'no answer' : 'fetch failed'));
    if (typeof expected === 'string') expect(answer).toBe(expected);
    else expect(answer).toMatchObject(expected as object);
    const next = await ask(AbortSignal.timeout(5_000));
    expect([400, 401]).toContain(next.status);
    expect(authorization.tokenRequests('refresh_token')).toBe(2);
  });
});

describe('the protected server', () => {
  test('challenges with its metadata, at the addresses it is told to', async ({ startOwn, protect }) => {
    const authorization = await startOwn();
    const WELL_KNOWN = '/.well-known/oauth-protected-resource';
    const places = [
      ['header', '/metadata-of-mcp', true],
      ['path', `${WELL_KNOWN}/mcp`, true],
      ['path only', `${WELL_KNOWN}/mcp`, false],
      ['root', WELL_KNOWN, false],
    ] as const;
    for (const [metadataAt, path, isNamed] of places) {
      const server = await protect({ authorization: [authorization], metadataAt });
      const { origin } = new URL(server.url);
      const challenge = await challengeOf(server.url, null);
      expect(challenge).toMatchObject({ status: 401, header: expect.stringContaining('scope="mcp:use"') });
      expect(challenge.header.includes(`resource_metadata="${origin}${path}"`)).toBe(isNamed);
      expect(await (await fetch(origin + path)).json()).toMatchObject({
        resource: server.url,
        authorization_servers: [authorization.issuer],
      });
      const others = [`${WELL_KNOWN}/mcp`, WELL_KNOWN].filter((other) => other !== path);
      for (const other of others) expect((await fetch(origin + other)).status).toBe(404);
    }
  });

  test('wants more scope for some tools, and tokens that are meant for it', async ({
    startOwn,
    protect,
    page,
    login,
  }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    const other = await protect({ authorization: [authorization] });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    const token = login.tokens()?.access_token ?? '';
    expect(await challengeOf(server.url, token, 'admin')).toEqual({
      status: 403,
      header: expect.stringMatching(/error="insufficient_scope", scope="mcp:use mcp:admin"/),
    });
    expect(await challengeOf(other.url, token)).toMatchObject({ status: 401 });
    server.revoke(tokenHash(token));
    expect(await challengeOf(server.url, token)).toEqual({
      status: 401,
      header: expect.stringContaining('error="invalid_token"'),
    });
  });

  test('tells progress, and finishes when it is let go', async ({ startOwn, protect, page, login, connected }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    const client = await connected(login, server.url);
    const steps: number[] = [];
    const waiting = server.tools.waiting();
    const done = client.callTool(
      { name: 'slow', arguments: { steps: 2 } },
      { onprogress: ({ progress }) => steps.push(progress) },
    );
    await waiting;
    server.tools.letGo();
    expect(await done).toMatchObject({ content: [{ text: 'done' }] });
    expect(steps).toEqual([1, 2]);
  });

  test('forgets its sessions, all or those of another token', async ({ startOwn, protect, page, login, connected }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization] });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    const client = await connected(login, server.url);
    expect(server.sessions).toBe(1);
    server.settings.endsSessionsOfOtherTokens = true;
    expect(await call(client, 'count')).toBe(1);
    authorization.expireAccessTokens();
    await expect(call(client, 'count')).rejects.toThrow();
    expect(server.seen.at(-1)).toMatchObject({ method: 'tools/call', status: 404 });
    expect(server.sessions).toBe(0);

    await connected(login, server.url);
    expect(server.sessions).toBe(1);
    server.endSessions();
    expect(server.sessions).toBe(0);
    expect(server.sessionsOpened).toBe(2);
  });

  test('speaks the stateless era', async ({ startOwn, protect, page, login, connected }) => {
    const authorization = await startOwn();
    const server = await protect({ authorization: [authorization], era: 'stateless' });
    await login.logIn(server.url, followLogin, () => page.visit(0));
    const client = await connected(login, server.url, true);
    expect(await call(client, 'whoami')).toMatchObject({ account: 'ada' });
    expect(server.sessionsOpened).toBe(0);
  });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function post(url: string, form: Record<string, string>): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  return { status: response.status, body: await response.json() };
}

const refreshWith = (
  origin: string,
  login: LoginClient,
  token: string | undefined,
  resource: string,
): Promise<Answer> =>
  post(`${origin}/token`, {
    grant_type: 'refresh_token',
    client_id: login.clientInformation()?.client_id ?? '',
    refresh_token: token ?? '',
    resource,
  });

const metadataOf = async (origin: string): Promise<Record<string, unknown>> =>
  (await fetch(`${origin}/.well-known/oauth-authorization-server`)).json();

async function challengeOf(
  url: string,
  token: string | null,
  tool = 'add',
): Promise<{ status: number; header: string }> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: {} } });
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
  await response.body?.cancel();
  return { status: response.status, header: response.headers.get('www-authenticate') ?? '' };
}
