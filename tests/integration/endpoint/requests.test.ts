import { describe, expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { detailOf, openRaw, rawRequest, readAnswer, readToEnd, sendRaw } from '#tests/support/clients/raw-http';
import { type TestHost, sharedHostTest as test } from '#tests/support/hosts/test-host';

const MIB = 1024 * 1024;

const json = { 'Content-Type': 'application/json' };
const admin = (host: TestHost) => ({ Authorization: `Bearer ${host.adminKey}` });

async function ask(host: TestHost, path: string, init: RequestInit = {}) {
  const response = await fetch(`${host.url}${path}`, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, detail: text && JSON.parse(text).detail };
}

const create = (host: TestHost, body: RequestInit['body'], headers: Record<string, string> = json) =>
  ask(host, '/api/mcp/clients', { method: 'POST', headers: { ...admin(host), ...headers }, body });

const raw = (host: TestHost, line: string, headers: string[] = [], body = '') =>
  sendRaw(
    host.port,
    rawRequest(line, [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`, ...headers], body),
  );

describe('the content type of a body', () => {
  const body = JSON.stringify({ name: 'a client' });
  test.for([
    'text/plain',
    'text/plain; charset=application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json-patch+json',
    'application/jsonx',
    'application/vnd.api+json',
    'text/json',
    'json',
    ' ',
    'application/json, text/plain',
  ])('"%s" is refused', async (type, { host, holder }) => {
    for (const [path, key] of [
      ['/api/mcp/clients', host.adminKey],
      ['/mcp', holder.key],
      [WEB.signIn, host.adminKey],
    ]) {
      const headers = { Authorization: `Bearer ${key}`, 'Content-Type': type };
      const { status, detail } = await ask(host, path ?? '', { method: 'POST', headers, body });
      expect(status, path).toBe(415);
      expect(detail, path).toContain('Content-Type: application/json');
    }
  });

  test('is refused when it is left out', async ({ host }) => {
    const answer = await raw(
      host,
      'POST /api/mcp/clients',
      [`Content-Length: ${body.length}`, 'Connection: close'],
      body,
    );
    expect(answer.status).toBe(415);
  });

  test.for(['application/json', 'application/json; charset=utf-8', 'Application/JSON'])(
    '"%s" is taken',
    async (type, { host }) => {
      expect((await create(host, body, { 'Content-Type': type })).status).toBe(201);
    },
  );

  test('is not asked for where there is no body', async ({ host }) => {
    expect((await ask(host, '/api/mcp/monitor-token', { method: 'POST', headers: admin(host) })).status).toBe(200);
  });

  test('says nothing of a compressed body, which is refused', async ({ host }) => {
    const { status, detail } = await create(host, body, { ...json, 'Content-Encoding': 'gzip' });
    expect(status).toBe(415);
    expect(detail).toContain('without Content-Encoding');
  });
});

describe('a body', () => {
  test.for<[string, string | Uint8Array<ArrayBuffer>, RegExp]>([
    ['that is no JSON', '{"name":', /not valid JSON/],
    ['that is JSON and something more', '{"name":"a"} x', /not valid JSON/],
    ['that is not UTF-8', Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), /not UTF-8/],
    ['that is a list', '[]', /expected object/],
    ['that is null', 'null', /expected object/],
    ['that is a number', '1', /expected object/],
    ['that is empty', '', /needs a JSON body/],
    ['without what is required', '{}', /^name: /],
    ['with a field of the wrong type', '{"name":1}', /^name: .*expected string/],
    ['with an empty name', '{"name":" "}', /^name: give the client a name/],
    ['with a field that does not exist', '{"name":"a","admin":true}', /Unrecognized key: "admin"/],
    ['with a prototype', '{"name":"a","__proto__":{"type":"cursor"}}', /Unrecognized key|__proto__/],
    ['with a constructor', '{"name":"a","constructor":{"prototype":{}}}', /Unrecognized key: "constructor"/],
    ['nested 65 deep', '['.repeat(65) + ']'.repeat(65), /more than 64 levels/],
    ['nested 100,000 deep', '['.repeat(100_000), /more than 64 levels/],
  ])('%s is refused', async ([_what, body, reason], { host }) => {
    const { status, detail } = await create(host, body);
    expect(status).toBe(400);
    expect(detail).toMatch(reason);
  });

  test('nested 64 deep is read', async ({ host }) => {
    const nested = `${'['.repeat(63)}"[[["${']'.repeat(63)}`;
    const { status, detail } = await create(host, `{"name":${nested}}`);
    expect([status, detail]).toEqual([400, expect.stringContaining('name: ')]);
  });

  test('of more than 4 MiB is refused, and the connection goes on', async ({ host }) => {
    const big = 'x'.repeat(4 * MIB + 1);
    const headers = [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`];
    const socket = await openRaw(host.port);
    const announced = [...headers, 'Content-Type: application/json', `Content-Length: ${big.length}`];
    socket.write(rawRequest('POST /api/mcp/clients', announced));
    const refused = await readAnswer(socket);
    expect([refused.status, detailOf(refused)]).toEqual([413, expect.stringContaining('at most 4 MiB')]);
    socket.write(big);
    socket.write(rawRequest('GET /api/mcp/health', headers));
    expect((await readAnswer(socket)).status).toBe(200);
    socket.destroy();
  });

  test('of more than 4 MiB is refused when it does not say how long it is', async ({ host }) => {
    const chunk = new Uint8Array(MIB).fill(0x20);
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        if (sent === 6) controller.close();
        else controller.enqueue(chunk);
        sent += 1;
      },
    });
    const init = { method: 'POST', headers: { ...admin(host), ...json }, body: stream, duplex: 'half' } as RequestInit;
    const { status, detail } = await ask(host, '/api/mcp/clients', init);
    expect([status, detail]).toEqual([413, expect.stringContaining('at most 4 MiB')]);
  });

  test('of exactly 4 MiB is read', async ({ host }) => {
    const start = '{"name":"';
    const { status } = await create(host, `${start}${'x'.repeat(4 * MIB - start.length - 2)}"}`);
    expect(status).toBe(400);
  });

  test('that ends too early leaves the endpoint well', async ({ host }) => {
    const socket = await openRaw(host.port);
    const headers = [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`];
    const announced = [...headers, 'Content-Type: application/json', 'Content-Length: 1000'];
    socket.write(rawRequest('POST /api/mcp/clients', announced, '{"name":'));
    await new Promise<void>((resolve) => socket.end(() => resolve()));
    socket.destroy();
    expect((await ask(host, '/api/mcp/health')).status).toBe(200);
  });

  test('repeats nothing of itself in the refusal, because it may hold a token', async ({ host }) => {
    const { text } = await create(host, '{"name": hf_canary-in-a-broken-body}');
    expect(text).not.toContain('canary');
  });
});

describe('an address', () => {
  test.for([
    '/nothing',
    '/api',
    '/api/mcp',
    '/api/nothing',
    '/api/mcp/sessions/s_x/nothing',
    '/API/mcp/sessions',
    '/api//mcp/sessions',
    '/api/mcp/%73essions',
    '/apix',
    '/mcpx',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/mcp/.well-known/oauth-protected-resource',
    '/favicon.ico',
    '/api/ui/rpc',
  ])('%s is not there', async (path, { host, holder }) => {
    const { status, detail, headers } = await ask(host, path, { headers: { Authorization: `Bearer ${holder.key}` } });
    expect(status).toBe(404);
    expect(detail.length).toBeGreaterThan(20);
    expect(headers.get('content-type')).toContain('application/json');
  });

  test.for([
    ['GET //evil.com/', 404],
    ['GET /api/../ui/', 400],
    ['GET /ui/../../etc/passwd', 400],
    ['GET /ui/%2e%2e/%2e%2e/etc/passwd', 400],
    ['GET /ui/..%2f..%2fetc%2fpasswd', 400],
    ['GET /ui/..%5c..%5cwindows', 400],
    ['GET /ui/%252e%252e/secret', 404],
    ['GET /api/mcp/sessions/%', 400],
    ['GET /api/mcp/sessions/%zz', 400],
    ['GET /api/mcp/sessions/%ff', 400],
    ['GET /api/mcp/sessions/%00', 400],
    ['GET /api/mcp/sessions/%0d%0aX-Injected:%201', 400],
    ['GET /api/mcp/sessions/s_x#fragment', 400],
    ['GET *', 400],
    ['GET evil.com:80', 400],
    ['GET ?', 400],
    ['OPTIONS *', 400],
  ] as const)('"%s", oddly written, is answered with %i', async ([line, status], { host }) => {
    const answer = await raw(host, line, ['Connection: close']);
    expect(answer.status).toBe(status);
    expect(detailOf(answer).length).toBeGreaterThan(20);
    expect(answer.headers).not.toHaveProperty('x-injected');
  });

  test('may end in slashes', async ({ host }) => {
    for (const path of ['/api/mcp/health/', '/api/mcp/sessions//']) {
      expect((await ask(host, path, { headers: admin(host) })).status, path).toBe(200);
    }
    expect((await ask(host, '/mcp/', { headers: admin(host) })).status).toBe(401);
  });

  test('of the root leads to the window', async ({ host }) => {
    const response = await fetch(host.url, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/ui/']);
  });
});

describe('a session id', () => {
  test.for([
    'unknown',
    's_',
    's_AAAAAAAAAAAAAAAAAAAAAA',
    't_AAAAAAAAAAAAAAAAAAAAAA',
    '%20',
    '%F0%9F%92%A5',
    "s_'%20OR%201=1%20--",
    's_%25',
    '__proto__',
    'constructor',
    'x'.repeat(190),
    '-1',
    'NaN',
  ])('%s that does not exist is not found, whatever is asked of it', async (id, { host, holder }) => {
    const headers = { Authorization: `Bearer ${holder.key}`, ...json };
    const one = `/api/mcp/sessions/${id}`;
    for (const [method, path, body] of [
      ['GET', one],
      ['GET', `${one}/events`],
      ['GET', `${one}/token`],
      ['DELETE', one],
    ]) {
      const { status, detail } = await ask(host, path ?? '', { method, headers, body });
      expect([status, detail], `${method} ${path}`).toEqual([404, expect.stringContaining('no such session')]);
    }
  });

  test('that is endless is refused', async ({ host }) => {
    const { status, detail } = await ask(host, `/api/mcp/sessions/${'x'.repeat(300)}`, { headers: admin(host) });
    expect([status, detail]).toEqual([400, expect.stringContaining('session_id: ')]);
  });
});

describe('a method', () => {
  test.for([
    ['/api/mcp/health', ['GET', 'HEAD']],
    ['/api/mcp/sessions', ['GET', 'HEAD']],
    ['/api/mcp/sessions/health', ['GET', 'HEAD']],
    ['/api/mcp/sessions/s_x', ['GET', 'HEAD', 'DELETE', 'PATCH']],
    ['/api/mcp/sessions/s_x/events', ['GET', 'HEAD']],
    ['/api/mcp/sessions/s_x/token', ['GET']],
    ['/api/mcp/sessions/s_x/reconnect', ['POST']],
    ['/api/mcp/clients', ['GET', 'HEAD', 'POST']],
    ['/api/mcp/clients/c_x', ['DELETE', 'PATCH']],
    ['/api/mcp/history', ['GET', 'HEAD']],
    ['/api/mcp/monitor-token', ['POST']],
    ['/api/openapi.json', ['GET', 'HEAD']],
    ['/api/docs', ['GET', 'HEAD']],
    ['/api/ui/sign-in', ['POST']],
    ['/api/mcp/sign-in-link', ['POST']],
    ['/api/ui/sign-out', ['POST']],
    ['/api/ui/rpc/app.info', ['POST']],
    ['/api/ui/snapshot', ['GET', 'HEAD']],
    [WEB.monitor, ['GET']],
    ['/mcp', ['POST', 'GET', 'DELETE']],
    ['/ui/', ['GET', 'HEAD']],
    ['/', ['GET', 'HEAD']],
  ] as const)('%s takes %j only and says so', async ([path, allowed], { host }) => {
    const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE'].filter(
      (method) => !(allowed as readonly string[]).includes(method),
    );
    for (const method of others) {
      const answer = await raw(host, `${method} ${path}`, ['Connection: close']);
      expect(answer.status, method).toBe(405);
      expect(answer.headers.allow, method).toBe(allowed.join(', '));
      if (method !== 'HEAD') expect(detailOf(answer), method).toContain('This address takes');
    }
  });

  test('CONNECT opens no tunnel', async ({ host }) => {
    const socket = await openRaw(host.port);
    socket.write(rawRequest('CONNECT evil.com:443', [`Host: 127.0.0.1:${host.port}`]));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()).resume());
    expect((await ask(host, '/api/mcp/health')).status).toBe(200);
  });
});

describe('what is not a request', () => {
  test.for([
    ['nonsense', 'hello\r\n\r\n', 400],
    ['a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex'), 400],
    ['a broken header', 'GET / HTTP/1.1\r\nHost 127.0.0.1\r\n\r\n', 400],
    ['headers of 20 KiB', `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(20 * 1024)}\r\n\r\n`, 431],
    ['a path of 20 KiB', `GET /${'x'.repeat(20 * 1024)} HTTP/1.1\r\n\r\n`, 431],
    ['a broken chunk', 'POST /mcp HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
    ['two lengths', 'POST /mcp HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
    ['a length and chunks', 'POST /mcp HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ] as const)('%s is answered', async ([_what, bytes, status], { host }) => {
    const socket = await openRaw(host.port);
    const reading = readToEnd(socket);
    socket.write(bytes);
    // The guard may have answered the head before the rest turned out to be broken.
    const last = (await reading).split(/HTTP\/1\.1 (?=\d)/).at(-1) ?? '';
    expect(Number(last.slice(0, 3))).toBe(status);
    expect(detailOf({ body: last.split('\r\n\r\n')[1] ?? '' }).length).toBeGreaterThan(20);
  });

  test('a request that makes no progress is ended in time, and 500 of them hinder nobody', async ({ host }) => {
    const started = performance.now();
    const slow = await Promise.all(Array.from({ length: 500 }, () => openRaw(host.port)));
    for (const socket of slow) socket.write('GET /api/mcp/health HTTP/1.1\r\nX-Slow: ');
    const latencies: number[] = [];
    for (let i = 0; i < 50; i += 1) {
      const before = performance.now();
      expect((await ask(host, '/api/mcp/health')).status).toBe(200);
      latencies.push(performance.now() - before);
    }
    expect(latencies.sort((a, b) => a - b)[25]).toBeLessThan(50);
    const [answer] = await Promise.all([
      readAnswer(slow[0] as never),
      ...slow.slice(1).map((socket) => new Promise((resolve) => socket.once('close', resolve).resume())),
    ]);
    expect(answer?.status).toBe(408);
    expect(performance.now() - started).toBeLessThan(15_000);
    for (const socket of slow) socket.destroy();
  });
});

describe('without a key', () => {
  const SIGN_IN = '/api/ui/sign-in';
  const head = (host: { port: number }, ...more: string[]) =>
    rawRequest(`POST ${SIGN_IN}`, [`Host: 127.0.0.1:${host.port}`, 'Content-Type: application/json', ...more]);

  test('no large body is taken: not one that is announced, and not one in pieces', async ({ host }) => {
    const announced = await openRaw(host.port);
    announced.write(head(host, `Content-Length: ${1024 * 1024}`));
    expect((await readAnswer(announced)).status).toBe(413);
    announced.destroy();
    const inPieces = await openRaw(host.port);
    inPieces.write(head(host, 'Transfer-Encoding: chunked'));
    inPieces.write(`${(17 * 1024).toString(16)}\r\n${' '.repeat(17 * 1024)}\r\n`);
    expect((await readAnswer(inPieces)).status).toBe(413);
    inPieces.destroy();
  });

  test('silent, half-sent and waiting connections keep nobody out: the oldest makes room', async ({ host }) => {
    const admin = new Api(host, host.adminKey);
    const key = (await admin.post('/api/mcp/clients', { name: 'a', type: 'other' })).body.client_key;
    const mine = await openRaw(host.port);
    const get = rawRequest('GET /api/mcp/sessions', [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${key}`]);
    mine.write(get);
    expect((await readAnswer(mine)).status).toBe(200);
    const first = await openRaw(host.port);
    const told = readToEnd(first);
    const strangers = [];
    for (let i = 0; i < 1_100; i += 1) {
      const socket = await openRaw(host.port);
      socket.on('error', () => {});
      if (i % 3 === 1) socket.write(head(host, 'Content-Length: 1000'));
      if (i % 3 === 2) socket.write('GET /api/mcp/health HTTP/1.1\r\nX-Slow: ');
      strangers.push(socket);
    }
    // One that only ran out of time would have got a 408.
    expect(await told).toBe('');
    mine.write(get);
    expect((await readAnswer(mine)).status).toBe(200);
    expect((await new Api(host, key).get('/api/mcp/sessions')).status).toBe(200);
    for (const socket of [mine, ...strangers]) socket.destroy();
  });
});

test('large bodies that are half sent wait for each other, and small ones do not', async ({ host }) => {
  const admin = new Api(host, host.adminKey);
  const large = 4 * 1024 * 1024;
  const headers = [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`];
  const announce = rawRequest('POST /api/mcp/clients', [
    ...headers,
    'Content-Type: application/json',
    `Content-Length: ${large}`,
  ]);
  const body = JSON.stringify({ name: 'x'.repeat(large - 11) });
  const half = [];
  for (let i = 0; i < 16; i += 1) {
    const socket = await openRaw(host.port);
    socket.write(announce + body.slice(0, large / 2));
    half.push(socket);
  }
  const late = await openRaw(host.port);
  let isAnswered = false;
  const answer = readAnswer(late).finally(() => {
    isAnswered = true;
  });
  late.write(announce + body);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    expect((await admin.post('/api/mcp/clients', { name, type: 'other' })).status).toBe(201);
  }
  expect(isAnswered).toBe(false);
  half[0]?.destroy();
  expect((await answer).status).toBe(400);
  for (const socket of [late, ...half]) socket.destroy();
});

describe('an offer to change over to HTTP/2', () => {
  const offer = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'];

  test('is ignored, and the request is answered', async ({ host }) => {
    const answer = await raw(host, 'GET /api/mcp/health', offer);
    expect([answer.status, JSON.parse(answer.body).name]).toEqual([200, 'Holdfast']);
  });

  test('is ignored on a request with a body, and on the next one', async ({ host }) => {
    const socket = await openRaw(host.port);
    const body = JSON.stringify({ name: 'a Java client' });
    const headers = [`Host: 127.0.0.1:${host.port}`, `Authorization: Bearer ${host.adminKey}`];
    const create = [...headers, ...offer, 'Content-Type: application/json', `Content-Length: ${body.length}`];
    socket.write(rawRequest('POST /api/mcp/clients', create, body));
    expect((await readAnswer(socket)).status).toBe(201);
    socket.write(rawRequest('GET /api/mcp/clients', headers));
    expect((await readAnswer(socket)).body).toContain('a Java client');
    socket.destroy();
  });

  test('costs nothing, however often it comes on one connection', async ({ host }) => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    const socket = await openRaw(host.port);
    const request = rawRequest('GET /api/mcp/health', [`Host: 127.0.0.1:${host.port}`, ...offer]);
    for (let i = 0; i < 30; i += 1) {
      socket.write(request);
      expect((await readAnswer(socket)).status).toBe(200);
    }
    socket.destroy();
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  test('does not keep open what the client asked to close', async ({ host }) => {
    const [connection, ...others] = offer;
    const socket = await openRaw(host.port);
    const reading = readToEnd(socket);
    socket.write(
      rawRequest('GET /api/mcp/health', [`Host: 127.0.0.1:${host.port}`, `${connection}, close`, ...others]),
    );
    expect(await reading).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('does not get around the guard', async ({ host }) => {
    const answer = await sendRaw(host.port, rawRequest('GET /api/mcp/health', ['Host: evil.com', ...offer]));
    expect(answer.status).toBe(403);
  });
});

describe('every answer', () => {
  test.for(['/api/mcp/health', '/api/nothing', '/nothing', '/mcp', '/api/docs', '/api/openapi.json'])(
    '%s forbids caching, sniffing and framing',
    async (path, { host }) => {
      const { headers } = await fetch(`${host.url}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('content-security-policy')).toMatch(/default-src 'none';.*frame-ancestors 'none'/);
    },
  );

  test('to HEAD is that to GET without a body', async ({ host }) => {
    const response = await fetch(`${host.url}/api/mcp/health`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
  });
});
