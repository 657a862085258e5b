import { describe, expect } from 'vitest';
import { DIRECT } from '#src/main/http-client/network';
import { systemTimers } from '#src/main/platform/node';
import { type Challenge, discoverLogin } from '#src/main/upstream/login/discovery';
import { NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import { oauthFetch } from '#src/main/upstream/login/oauth-fetch';
import type { LoginBegun } from '#src/shared/contract/login';
import { passTime } from '#tests/support/fake-clock';
import { mcpTest } from '#tests/support/hosts/mcp-host';
import { type Fault, FaultyHttp, send } from '#tests/support/login/faulty-http';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { ListedConfigs } from '#tests/support/servers/configs';
import { callTool, loginTest, NAME, protectedConfig } from './support';

/* Servers and authorization servers that are wrong or mean, and pages that come to our own callback. */

type Json = Record<string, unknown>;

/** Whether a text is something to show to a person. */
const SENTENCE = /^[A-Z].{15,600}\.$/s;

const test = loginTest.extend('trap', async ({}, { onCleanup }) => {
  const http = await FaultyHttp.start(() => 'trap');
  http.handle((_, res) => send(res, { status: 200, body: {} }));
  onCleanup(() => http.close());
  return http;
});

const messageOf = (work: Promise<LoginBegun>): Promise<string> =>
  work.then(
    ({ url }) => `no error, but ${url}`,
    (error: Error) => error.message,
  );

const WRONG_METADATA: readonly [string, (document: Json, elsewhere: string) => unknown, RegExp][] = [
  ['another issuer', (one) => ({ ...one, issuer: 'https://elsewhere.example' }), /another issuer/],
  ['no issuer', ({ issuer, ...one }) => one, /not valid/],
  ['a script to log in at', (one) => ({ ...one, authorization_endpoint: 'javascript:alert(1)' }), /not valid/],
  ['a file to log in at', (one) => ({ ...one, authorization_endpoint: 'file:///etc/passwd' }), /file:.*neither https/],
  ['a program to log in at', (one) => ({ ...one, authorization_endpoint: 'ms-settings:about' }), /neither https/],
  [
    'an address without https to log in at',
    (one) => ({ ...one, authorization_endpoint: 'http://elsewhere.example/authorize' }),
    /elsewhere\.example.*neither https/,
  ],
  [
    'an address with a password to log in at',
    (one) => ({ ...one, authorization_endpoint: 'https://bank.example:x@elsewhere.example/authorize' }),
    /elsewhere\.example/,
  ],
  [
    'tokens without https',
    (one) => ({ ...one, token_endpoint: 'http://elsewhere.example/token' }),
    /elsewhere\.example.*neither https/,
  ],
  [
    'a registration without https',
    (one) => ({ ...one, registration_endpoint: 'http://elsewhere.example/register' }),
    /elsewhere\.example.*neither https/,
  ],
  ['no PKCE', ({ code_challenge_methods_supported, ...one }) => one, /PKCE/],
  ['PKCE of the weak kind only', (one) => ({ ...one, code_challenge_methods_supported: ['plain'] }), /PKCE/],
  ['no registration', ({ registration_endpoint, ...one }) => one, /registers no clients.*redirect address.*clientId/s],
  ['no codes', (one) => ({ ...one, response_types_supported: ['token'] }), /does not support this kind of login/],
  ['a list in place of an object', (one) => [one], /not valid/],
  ['nothing', () => null, /not valid/],
];

describe.each(WRONG_METADATA)('metadata that name %s', (_, change, sentence) => {
  test('are not used, and whoever logs in hears why', async ({ host, authorization, trap }) => {
    authorization.settings.metadata = (document) => change(document, trap.origin);
    const message = await messageOf(host.logins.begin(NAME));
    expect(message).toMatch(SENTENCE);
    expect(message).toMatch(sentence);
    expect(host.logins.view(NAME).state).not.toBe('under_way');
    expect(authorization.tokenRequests()).toBe(0);
    expect(trap.arrivals).toEqual([]);
  });
});

const REDIRECT = (trap: { origin: string }): Fault => ({
  status: 307,
  headers: { location: `${trap.origin}/taken` },
});

const WRONG_ANSWERS: readonly [string, (trap: { origin: string }) => Fault, RegExp][] = [
  ['are a page', () => 'html', /not valid/],
  ['do not end', () => 'endless', /too long|more than/],
  ['are not there', () => ({ status: 404, body: 'no' }), /does not say how to log in/],
  ['are forbidden', () => ({ status: 403, body: 'no' }), /does not say how to log in/],
  ['are elsewhere', REDIRECT, /not valid|does not say/],
  ['fail', () => 'unavailable', /503/],
  ['are cut off', () => 'drop', /cut the connection/],
];

describe.each(WRONG_ANSWERS)('metadata that %s', (_, fault, sentence) => {
  test('end the login with a sentence', async ({ host, authorization, trap }) => {
    authorization.fault('metadata', fault(trap));
    const message = await messageOf(host.logins.begin(NAME));
    expect(message).toMatch(SENTENCE);
    expect(message).toMatch(sentence);
    expect(trap.arrivals).toEqual([]);
  });
});

const WRONG_REGISTRATIONS: readonly [string, (trap: { origin: string }) => Fault, RegExp][] = [
  ['is refused', () => ({ status: 400, body: { error: 'invalid_client_metadata' } }), /it answered 400.*clientId/s],
  ['is forbidden in plain text', () => ({ status: 403, body: 'Forbidden' }), /it answered 403.*clientId/s],
  ['is a page', () => 'html', /not an answer/],
  ['does not end', () => 'endless', /too long|more than/],
  ['is elsewhere', REDIRECT, /answered 307|elsewhere|origin|not an answer/],
  ['is cut off', () => 'drop', /cut the connection/],
  ['gives no client id', () => ({ status: 201, body: {} }), /not an answer/],
];

describe.each(WRONG_REGISTRATIONS)('a registration that %s', (_, fault, sentence) => {
  test('ends the login with a sentence', async ({ host, authorization, trap }) => {
    authorization.fault('registration', fault(trap));
    const message = await messageOf(host.logins.begin(NAME));
    expect(message).toMatch(SENTENCE);
    expect(message).toMatch(sentence);
    expect(trap.arrivals).toEqual([]);
  });
});

const WRONG_TOKENS: readonly [string, (trap: { origin: string }) => Fault][] = [
  ['are a page', () => 'html'],
  ['do not end', () => 'endless'],
  ['are elsewhere', REDIRECT],
  ['fail', () => 'unavailable'],
  ['are cut off', () => 'drop'],
  ['are refused', () => ({ status: 400, body: { error: 'invalid_grant', error_description: '<script>' } })],
  ['are refused with a list', () => ({ status: 400, body: [] })],
  ['are empty', () => ({ status: 200, body: {} })],
  ['are no texts', () => ({ status: 200, body: { access_token: {}, token_type: [] } })],
];

describe.each(WRONG_TOKENS)('tokens that %s', (_, fault) => {
  test('end the login with a sentence, on the page and in the view', async ({ host, authorization, trap }) => {
    const { url } = await host.logins.begin(NAME);
    authorization.fault('token', fault(trap));
    const end = await followLogin(url);
    expect(end).toMatchObject({ status: 400, text: expect.stringContaining('The login did not work') });
    expect(end.text).not.toContain('<script>');
    expect(host.logins.view(NAME)).toMatchObject({ problem: expect.stringMatching(SENTENCE), expires_at: null });
    expect(host.logins.view(NAME).state).not.toBe('logged_in');
    expect(trap.arrivals).toEqual([]);
  });
});

const HANGS = [['metadata'], ['registration']] as const;

const hanging = loginTest.extend('hostOptions', ({ configs, clock }) => ({ servers: configs, clock }));

describe.each(HANGS)('a %s endpoint that never answers', (endpoint) => {
  hanging('holds up nobody for longer than half a minute', async ({ host, authorization, clock }) => {
    authorization.fault(endpoint, 'hang');
    const before = clock.monotonic();
    const message = await passTime(clock, messageOf(host.logins.begin(NAME)));
    expect(message).toMatch(/did not answer in time|silent/);
    expect(clock.monotonic() - before).toBeLessThan(30_000);
  });
});

hanging('a token endpoint that never answers ends the login in time', async ({ host, authorization, clock }) => {
  const { url } = await passTime(clock, host.logins.begin(NAME));
  authorization.fault('token', 'hang');
  const end = await passTime(clock, followLogin(url));
  expect(end).toMatchObject({ status: 400, text: expect.stringMatching(/did not answer in time|silent/) });
});

describe('metadata of the server', () => {
  test('for another resource are not used', async ({ host, protected: server }) => {
    server.settings.metadata = (document) => ({ ...document, resource: 'https://bank.example/mcp' });
    expect(await messageOf(host.logins.begin(NAME))).toMatch(/another resource, https:\/\/bank\.example\/mcp/);
  });

  test('that name no resource that is an address are not used', async ({ host, protected: server, authorization }) => {
    server.settings.metadata = (document) => ({ ...document, resource: 'mcp' });
    expect(await messageOf(host.logins.begin(NAME))).toMatch(SENTENCE);
    expect(authorization.tokenRequests()).toBe(0);
  });

  test.for([
    ['script', 'javascript:alert(1)'],
    ['file', 'file:///etc/passwd'],
    ['address without https', 'http://elsewhere.example'],
    ['text', 'nowhere'],
  ])('with a %s as authorization server are not used', async ([, address], { host, protected: server }) => {
    server.settings.metadata = (document) => ({ ...document, authorization_servers: [address] });
    expect(await messageOf(host.logins.begin(NAME))).toMatch(SENTENCE);
  });
});

describe('a server elsewhere', () => {
  const elsewhere = (trap: FaultyHttp<'trap'>, challenge: Partial<Challenge>) =>
    discoverLogin({
      url: 'https://remote.invalid/mcp',
      settings: NO_LOGIN_SETTINGS,
      challenge: {
        status: 401,
        isBearer: true,
        resourceMetadataUrl: `${trap.origin}/metadata`,
        scope: null,
        error: null,
        ...challenge,
      },
      fetch: oauthFetch(systemTimers, DIRECT, false),
    });

  test.for(['127.0.0.1', 'localhost', '[::1]', '127.1', '0x7f000001', '2130706433', 'x.localhost'])(
    'cannot send us to %s',
    async (host, { trap }) => {
      const address = trap.origin.replace('127.0.0.1', host);
      await expect(elsewhere(trap, { resourceMetadataUrl: `${address}/metadata` })).rejects.toThrow(
        /an address on this machine that it cannot know|neither https/,
      );
      await expect(elsewhere(trap, { resourceMetadataUrl: `${address.replace('http:', 'https:')}/x` })).rejects.toThrow(
        /an address on this machine that it cannot know/,
      );
      expect(trap.arrivals).toEqual([]);
    },
  );
});

describe('what the browser brings back', () => {
  const visit = async (address: URL | string, init: RequestInit = {}) => {
    const response = await fetch(address, { redirect: 'manual', ...init });
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  /** Where the authorization server sends the browser. */
  const backFrom = async (url: string): Promise<URL> => {
    const response = await fetch(url, { redirect: 'manual' });
    return new URL(response.headers.get('location') ?? '');
  };

  test('is refused from another authorization server, and no code goes anywhere', async ({ host, authorization }) => {
    const { url } = await host.logins.begin(NAME);
    authorization.settings.redirect = (answer) => answer.set('iss', 'https://elsewhere.example');
    const end = await followLogin(url);
    expect(end).toMatchObject({ status: 400, text: expect.stringContaining('another authorization server') });
    expect(authorization.tokenRequests()).toBe(0);
  });

  test('is refused without an issuer where one was promised', async ({ host, authorization }) => {
    const { url } = await host.logins.begin(NAME);
    authorization.settings.redirect = (answer) => answer.delete('iss');
    expect(await followLogin(url)).toMatchObject({ status: 400 });
    expect(authorization.tokenRequests()).toBe(0);
  });

  test('is refused with an error of another authorization server, whose words are not shown', async ({
    host,
    authorization,
  }) => {
    const { url } = await host.logins.begin(NAME);
    authorization.settings.redirect = (answer) => {
      answer.delete('code');
      answer.set('error', 'call_0800_123456');
      answer.set('error_description', 'Call 0800 123456');
      answer.set('iss', 'https://elsewhere.example');
    };
    const { text } = await followLogin(url);
    expect(text).toContain('another authorization server');
    expect(text).not.toContain('0800');
  });

  test('shows of an error its code alone, as text', async ({ host, authorization }) => {
    const { url } = await host.logins.begin(NAME);
    authorization.settings.redirect = (answer) => {
      answer.delete('code');
      answer.set('error', `<img src=x onerror=alert(1)>${'a'.repeat(1000)}`);
      answer.set('error_description', 'Call 0800 123456');
      answer.set('error_uri', 'https://elsewhere.example');
    };
    const { text } = await followLogin(url);
    expect(text).not.toMatch(/<img|0800|elsewhere/);
    expect(text.length).toBeLessThan(1500);
  });

  test('counts once: a state that was used is not known any more', async ({ host, authorization }) => {
    const back = await backFrom((await host.logins.begin(NAME)).url);
    expect((await visit(back)).status).toBe(200);
    const again = await visit(back);
    expect(again).toMatchObject({ status: 400, text: expect.stringContaining('The login did not work') });
    expect(authorization.tokenRequests('authorization_code')).toBe(1);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
  });

  test('counts once, however often it comes at the same time', async ({ host, authorization }) => {
    const back = await backFrom((await host.logins.begin(NAME)).url);
    const visits = await Promise.all(Array.from({ length: 5 }, () => visit(back)));
    expect(visits.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
    expect(authorization.tokenRequests('authorization_code')).toBe(1);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'logged_in', problem: null });
  });

  test('with the code of another login cannot be used', async ({ host, authorization }) => {
    // The attacker has a code of their own, for this very client, and puts it into the answer that their victim waits for.
    const foreign = (await backFrom((await host.logins.begin(NAME)).url)).searchParams.get('code') ?? '';
    const { url } = await host.logins.begin(NAME);
    authorization.settings.redirect = (answer) => answer.set('code', foreign);
    expect(await followLogin(url)).toMatchObject({ status: 400 });
    expect(authorization.tokenRequests(), 'a code is sent once').toBe(1);
    expect(host.logins.view(NAME).state).not.toBe('logged_in');
  });

  test('with a state that nobody knows leaves a login that was begun alone', async ({ host, authorization }) => {
    const { url } = await host.logins.begin(NAME);
    const back = await backFrom(url);
    for (const state of ['', 'x', `${back.searchParams.get('state')}x`, null]) {
      const forged = new URL(back);
      if (state === null) forged.searchParams.delete('state');
      else forged.searchParams.set('state', state);
      expect((await visit(forged)).status).toBe(400);
    }
    expect(authorization.tokenRequests()).toBe(0);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'under_way', problem: null });
    expect((await visit(back)).status).toBe(200);
  });

  test.for(['HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE'])('does not count by %s', async (method, { host }) => {
    const back = await backFrom((await host.logins.begin(NAME)).url);
    const { status } = await visit(back, { method });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(host.logins.view(NAME).state).toBe('under_way');
    expect((await visit(back)).status).toBe(200);
  });

  test('is answered with a page that nothing can be loaded, framed or sent on from', async ({ host }) => {
    const back = await backFrom((await host.logins.begin(NAME)).url);
    const answer = await visit(back);
    expect(answer.headers.get('location')).toBeNull();
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(
        /default-src 'none'.*form-action 'none'.*frame-ancestors 'none'/,
      ),
    });
    for (const name of ['code', 'state']) expect(answer.text).not.toContain(back.searchParams.get(name));
  });

  test.for(['next', 'redirect', 'redirect_uri', 'return_to', 'url'])(
    'goes on to no other address by the parameter %s',
    async (name, { host }) => {
      const back = await backFrom((await host.logins.begin(NAME)).url);
      back.searchParams.set(name, 'https://elsewhere.example');
      const answer = await visit(back);
      expect(answer.status).toBe(200);
      expect(`${answer.text}${JSON.stringify([...answer.headers])}`).not.toContain('elsewhere');
    },
  );

  test('belongs to the newest login: a second one voids the first', async ({ host }) => {
    const first = await backFrom((await host.logins.begin(NAME)).url);
    const second = await backFrom((await host.logins.begin(NAME)).url);
    expect((await visit(first)).status).toBe(400);
    expect((await visit(second)).status).toBe(200);
  });

  test('counts no more once the login was cancelled', async ({ host, authorization }) => {
    const back = await backFrom((await host.logins.begin(NAME)).url);
    host.logins.cancel(NAME);
    expect((await visit(back)).status).toBe(400);
    expect(authorization.tokenRequests()).toBe(0);
  });

  hanging('counts for ten minutes', async ({ host, clock }) => {
    const { url, expires_at } = await passTime(clock, host.logins.begin(NAME));
    expect(expires_at - clock.now()).toBeGreaterThan(9.9 * 60_000);
    const back = await backFrom(url);
    clock.advance(10 * 60_000);
    expect(host.logins.view(NAME).state).not.toBe('under_way');
    expect(await visit(back)).toMatchObject({ status: 400, text: expect.stringContaining('The login did not work') });
    const next = await backFrom((await passTime(clock, host.logins.begin(NAME))).url);
    clock.advance(9 * 60_000);
    expect((await passTime(clock, visit(next))).status).toBe(200);
  });
});

describe('two servers', () => {
  const two = mcpTest
    .extend('authorization', async ({}, { onCleanup }) => {
      const server = await startRotatingServer();
      onCleanup(() => server.close());
      return server;
    })
    .extend('servers', async ({ authorization }, { onCleanup }) => {
      const servers = await Promise.all([0, 1].map(() => startProtectedServer({ authorization: [authorization] })));
      onCleanup(async () => {
        for (const server of servers) await server.close();
      });
      return servers;
    })
    .extend('hostOptions', ({ servers }) => ({
      servers: new ListedConfigs(
        ...servers.map((server, index) => protectedConfig(server, { name: `${NAME}${index}` })),
      ),
    }));

  two('are logged in to at the same time, each with a token of its own', async ({ host, authorization, servers }) => {
    const begun = await Promise.all([host.logins.begin(`${NAME}0`), host.logins.begin(`${NAME}1`)]);
    const ends = await Promise.all(begun.map(({ url }) => followLogin(url)));
    expect(ends.map(({ text }) => /server (\w+) now/.exec(text)?.[1])).toEqual([`${NAME}0`, `${NAME}1`]);
    const asked = await Promise.all([0, 1].map((index) => authorization.tokenRequest(index)));
    expect(new Set(asked.map((one) => one.get('resource')))).toEqual(new Set(servers.map(({ url }) => url)));
  });
});

describe('a token goes nowhere but to its server', () => {
  test('and not where that redirects to', async ({ host, connect, protected: server, trap }) => {
    await followLogin((await host.logins.begin(NAME)).url);
    const client = await connect({ path: `/${NAME}` });
    expect(await callTool(client, 'count')).toBe(1);
    for (const status of [301, 302, 307, 308]) {
      server.fault('mcp', { status, headers: { location: `${trap.origin}/mcp` } }, 1);
      await callTool(client, 'count').catch(() => {});
    }
    expect(trap.arrivals).toEqual([]);
  });

  test('and not to the address that its entry names next', async ({ host, configs, connect, trap }) => {
    await followLogin((await host.logins.begin(NAME)).url);
    configs.set(protectedConfig({ url: `${trap.origin}/mcp` }));
    await connect({ path: `/${NAME}` }).catch(() => {});
    expect(trap.arrivals.length).toBeGreaterThan(0);
    for (const { headers, body, url } of trap.arrivals) {
      expect(headers.authorization).toBeUndefined();
      expect(`${url} ${body}`).not.toContain('token');
    }
    expect(host.logins.view(NAME)).toMatchObject({ account: null, expires_at: null });
  });
});

const KEY_CHALLENGES = [['none'], ['ApiKey'], ['Bearer'], ['Bearer realm="api"'], ['Basic realm="Bearer"']] as const;
const PLACES = [
  ['says 404 elsewhere', 404],
  ['shows a page at every other address', 200],
] as const;

describe.each(KEY_CHALLENGES)('a server with a key of its own and the challenge %s', (challenge) => {
  test.for(PLACES)('that %s says what it always said', async ([, status], { host, configs, connect, trap }) => {
    const headers: Record<string, string> = challenge === 'none' ? {} : { 'www-authenticate': challenge };
    trap.handle((_, res, { url }) =>
      send(
        res,
        url.pathname === '/mcp' ? { status: 401, headers, body: 'no key' } : { status, body: '<!doctype html>' },
      ),
    );
    configs.set(protectedConfig({ url: `${trap.origin}/mcp` }));
    await expect(connect({ path: `/${NAME}` })).rejects.toThrow(/401: it wants a key or a token; check the headers/);
    expect(host.logins.view(NAME)).toMatchObject({ state: 'none', problem: null });
    expect(await messageOf(host.logins.begin(NAME))).toMatch(/offers no login.*"headers"/);
  });
});
