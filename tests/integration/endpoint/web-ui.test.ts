import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { CONTENT_SECURITY_POLICY } from '#src/main/window-page/csp';
import { WEB } from '#src/shared/contract/web';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { Api } from '#tests/support/clients/api';
import { rawRequest, sendRaw } from '#tests/support/clients/raw-http';
import { makeFolder, removeFolder } from '#tests/support/fixtures';
import type { TestHostOptions } from '#tests/support/hosts/test-host';
import { hostTest, startTestHost, type TestHost } from '#tests/support/hosts/test-host';

const PAGE = '<!doctype html><title>the window</title>';

const test = hostTest
  .extend('uiFolder', { scope: 'file' }, ({}, { onCleanup }) => {
    const outside = makeFolder();
    onCleanup(() => removeFolder(outside));
    const uiFolder = join(outside, 'renderer');
    mkdirSync(join(uiFolder, 'assets'), { recursive: true });
    writeFileSync(join(uiFolder, 'index.html'), PAGE);
    writeFileSync(join(uiFolder, 'assets/main-Dk3xYz12.js'), 'export {};');
    writeFileSync(join(uiFolder, 'assets/main-Dk3xYz12.css'), 'body {}');
    writeFileSync(join(uiFolder, 'icon.svg'), '<svg/>');
    writeFileSync(join(outside, 'secret.txt'), 'a secret');
    return uiFolder;
  })
  .extend('hostOptions', ({ clock, uiFolder }): TestHostOptions => ({ clock, uiFolder }));

const ticketOf = (link: string) => new URL(link).hash.replace('#ticket=', '');
const signIn = (host: TestHost, ticket: string) => new Api(host, null).post(WEB.signIn, { ticket });
const signedIn = async (host: TestHost) =>
  new Api(host, (await signIn(host, ticketOf(host.createSignInLink()))).body.token);

describe('the window in a browser', () => {
  test('is served without a key, under the same policy as in the app', async ({ host }) => {
    const response = await fetch(`${host.url}/ui/`);
    expect([response.status, await response.text()]).toEqual([200, PAGE]);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  test('has a policy that allows nothing inline and nothing from elsewhere', () => {
    expect(CONTENT_SECURITY_POLICY).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*|http/);
    expect(CONTENT_SECURITY_POLICY).toContain("frame-ancestors 'none'");
  });

  test.for([
    ['/ui/assets/main-Dk3xYz12.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/ui/assets/main-Dk3xYz12.css', 'text/css; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/ui/icon.svg', 'image/svg+xml', 'no-cache'],
    ['/ui/index.html', 'text/html; charset=utf-8', 'no-cache'],
  ] as const)('%s has its type and is cached as long as allowed', async ([path, type, cache], { host }) => {
    const { status, headers } = await fetch(`${host.url}${path}`);
    expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, type, cache]);
    const head = await fetch(`${host.url}${path}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      headers.get('content-length'),
      '',
    ]);
  });

  test('is found without the slash', async ({ host }) => {
    const response = await fetch(`${host.url}/ui`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([308, '/ui/']);
  });

  test.for([
    '/ui/../secret.txt',
    '/ui/%2e%2e/secret.txt',
    '/ui/..%2fsecret.txt',
    '/ui/assets/..%2f..%2fsecret.txt',
    '/ui/%2e%2e%5csecret.txt',
    '/ui/..%00/secret.txt',
    '/ui//etc/passwd',
    '/ui/%2fetc%2fpasswd',
    '/ui/assets',
    '/ui/assets/',
    '/ui/nothing.js',
    '/ui/index.html/',
    '/ui/index.html%00.js',
    `/ui/${'a'.repeat(5_000)}`,
  ])('%s leads nowhere', async (path, { host }) => {
    const answer = await sendRaw(
      host.port,
      rawRequest(`GET ${path}`, [`Host: 127.0.0.1:${host.port}`, 'Connection: close']),
    );
    expect([400, 404]).toContain(answer.status);
    expect(answer.body).not.toContain('a secret');
  });

  hostTest('says what to do when it is not built', async ({ host }) => {
    const { status, body } = await new Api(host, null).get('/ui/');
    expect([status, body.detail]).toEqual([404, expect.stringContaining('npm run build')]);
  });
});

describe('a sign-in link', () => {
  test('leads to the window, with the ticket where no server log sees it', ({ host }) => {
    expect(host.createSignInLink()).toMatch(new RegExp(`^${host.url}/ui/#ticket=[A-Za-z0-9_-]{43}$`));
  });

  test('works once', async ({ host }) => {
    const ticket = ticketOf(host.createSignInLink());
    const { status, body } = await signIn(host, ticket);
    expect([status, body]).toEqual([200, { token: expect.stringMatching(/^hfu_[A-Za-z0-9_-]{43}$/) }]);
    const again = await signIn(host, ticket);
    expect([again.status, again.body.detail]).toEqual([401, expect.stringContaining('Ask for a new one')]);
  });

  test('works for ten minutes', async ({ clock, host }) => {
    const early = ticketOf(host.createSignInLink());
    clock.advance(10 * MINUTE - SECOND);
    expect((await signIn(host, early)).status).toBe(200);
    const late = ticketOf(host.createSignInLink());
    clock.advance(10 * MINUTE);
    expect((await signIn(host, late)).status).toBe(401);
  });

  test('does not end another one', async ({ host }) => {
    const links = [host.createSignInLink(), host.createSignInLink()];
    for (const link of links) expect((await signIn(host, ticketOf(link))).status).toBe(200);
  });

  test.for([{}, { ticket: '' }, { ticket: 1 }, { ticket: 'x'.repeat(300) }, { ticket: 'x', more: 1 }, []])(
    'with %j instead of a ticket says what to send',
    async (body, { host }) => {
      const answer = await new Api(host, null).post(WEB.signIn, body);
      expect([answer.status, answer.body.detail]).toEqual([400, expect.stringContaining('{"ticket":"<ticket>"}')]);
    },
  );

  const limitedTest = test.extend('hostOptions', ({ clock, uiFolder }) => ({
    clock,
    uiFolder,
    limits: { badKeys: 20 },
  }));

  limitedTest('that is guessed has to wait after 20 tries', async ({ host }) => {
    const good = ticketOf(host.createSignInLink());
    for (let i = 0; i < 20; i += 1) expect((await signIn(host, `guess-${i}`)).status).toBe(401);
    expect((await signIn(host, 'guess-20')).status).toBe(429);
    expect((await signIn(host, good)).status).toBe(200);
  });
});

describe('a signed-in browser', () => {
  test('invokes the methods of the window', async ({ host }) => {
    const browser = await signedIn(host);
    const info = await browser.post(`${WEB.rpc}/app.info`, {});
    expect([info.status, info.body]).toEqual([
      200,
      { ok: true, value: expect.objectContaining({ name: 'Holdfast', url: host.url, data_folder: host.folder }) },
    ]);
    expect((await browser.post(`${WEB.rpc}/sessions.health`)).body.ok).toBe(true);
    const created = await browser.post(`${WEB.rpc}/clients.create`, { name: 'a client' });
    expect(created.body.value.client_key).toMatch(/^hf_/);
  });

  test('learns from an envelope what went wrong', async ({ host }) => {
    const browser = await signedIn(host);
    for (const [method, input, code] of [
      ['nothing.here', {}, 'not_found'],
      ['__proto__', {}, 'not_found'],
      ['toString', {}, 'not_found'],
      ['sessions.get', { session_id: 'unknown' }, 'session_not_found'],
      ['sessions.get', {}, 'invalid_input'],
      ['sessions.get', [], 'invalid_input'],
      ['app.info', { extra: 1 }, 'invalid_input'],
    ] as const) {
      const { status, body } = await browser.post(`${WEB.rpc}/${method}`, input);
      expect([status, body], method).toEqual([
        200,
        { ok: false, error: { code, message: expect.any(String), retryable: false } },
      ]);
    }
  });

  test('polls a snapshot of the stream', async ({ clock, host }) => {
    const { session } = host.newSession(host.newClient());
    const { body } = await (await signedIn(host)).get(WEB.snapshot);
    expect(body).toEqual({
      type: 'snapshot',
      epoch: host.services.info().epoch,
      seq: host.services.store.events.newestSeq(),
      at: clock.now(),
      sessions: [session],
    });
  });

  test('may use the REST interface as the admin, and is no client of MCP', async ({ host }) => {
    const browser = await signedIn(host);
    expect((await browser.get('/api/mcp/clients')).status).toBe(200);
    expect((await browser.post('/mcp', {})).status).toBe(401);
  });

  test('stays signed in while it is used, and for twelve hours more', async ({ clock, host }) => {
    const browser = await signedIn(host);
    for (let i = 0; i < 3; i += 1) {
      clock.sleep(11 * HOUR);
      expect((await browser.get(WEB.snapshot)).status).toBe(200);
    }
    clock.sleep(12 * HOUR + SECOND);
    expect((await browser.get(WEB.snapshot)).status).toBe(401);
  });

  test('stays signed in over a restart; an unused link does not', async ({ clock, host, uiFolder }) => {
    const browser = await signedIn(host);
    const ticket = ticketOf(host.createSignInLink());
    const { folder, port } = host;
    await host.stop();
    host = await startTestHost({ folder, port, clock, uiFolder });
    expect((await browser.get(WEB.snapshot)).status).toBe(200);
    expect((await signIn(host, ticket)).status).toBe(401);
  });

  test('signs out, itself and nobody else', async ({ host }) => {
    const [one, other] = [await signedIn(host), await signedIn(host)];
    expect((await one.post(WEB.signOut)).status).toBe(200);
    expect((await one.get(WEB.snapshot)).status).toBe(401);
    expect((await other.get(WEB.snapshot)).status).toBe(200);
    expect((await new Api(host, host.adminKey).post(WEB.signOut)).status).toBe(403);
  });
});
